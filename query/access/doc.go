// Package access knows who may ask: the credentials of the service.
//
// A credential is a key that an administrator hands out once, by name, and can take back at once. The package exists
// apart from the front end because the keys command works on the same file while the service is stopped, and because who
// may do what is decided here, in one table (policy.go), for whoever asks.
//
// There are five types:
//
//   - Keys is the file of keys of one data directory, held open (and locked) by one process.
//   - Key describes one credential, without anything that could be used as one.
//   - Identity is what a call made with a valid key, or a page session begun with one, acts as: who, of which pillar, role
//     and unit. Identity.May and MayAt ask the policy. What that does not say is refused: an unknown role, an unknown action,
//     a role whose second factor was not shown.
//   - Guard keeps budgets and raises alarms; the engine's door asks it before anything is looked up.
//   - Action and Reach are what may be done and how far: in the own cases, in the own unit, everywhere.
//
// A key reads
//
//	anv_ iiiiiiii ssssssssssssssssssssssssssssssss cccccc
//	     id (8)   secret (32)                      checksum (6)
//
// in base62, without the spaces. The id may be shown and logged. The secret has 190 bits of randomness, so one keyed hash
// is enough to store it by: there is nothing to guess, and a slow hash would only cost each call a millisecond. The
// checksum tells a mistyped key from a revoked one without looking anything up.
//
// A person's credential goes through steps (credentials.go): requested, approved by another person, issued; each with its time
// and who took it, for the delay is what those who wait are told. With the key the person enrols a second factor and a
// password (signin.go), and signs in with name, password and code from then on; the key alone then opens nothing. What is
// guessed at is bounded: sign-ins by name, passwords that are hashed at once, a code serves once.
//
// # On disk
//
// All of it is in DIR/secret (directory 0700, files 0600):
//
//	keys.json   credentials, and what proves them: HMAC-SHA-256 under server.key over the SHA-256 of a key's secret, argon2id of a
//	            password, the sealed secret of a second factor. Replaced as a whole: written beside, synced, renamed, directory
//	            synced. Schema 2; schema 1, which had the bare SHA-256, is read and brought to 2 at the next start.
//	server.key  32 random bytes. Without it keys.json opens nothing, and is refused.
//	state.db    sessions by the hash of their token, the last code of each second factor, what was asked today, approvals of lists
//	            (state.go). Deleted, all sign in anew, and the day's budgets begin again.
//	lock        locked while a process has the keys open
//
// Check reads no file and takes no lock; it looks at an immutable table that every change replaces, so a revocation holds from
// the next call on, for sessions too. A session ends after an hour without use, with its time, and with what it began with: the
// key, the password, the credential.
package access
