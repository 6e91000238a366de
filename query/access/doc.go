// Package access knows who may ask: the credentials of the service.
//
// A credential is a key that an administrator hands out once, by name, and can take back at once. The package exists
// apart from the front end because the keys command works on the same file while the service is stopped, and because who
// may do what is decided here, in one table (policy.go), for whoever asks.
//
// There are four types:
//
//   - Keys is the file of keys of one data directory, held open (and locked) by one process.
//   - Key describes one credential, without anything that could be used as one.
//   - Identity is what a call made with a valid key, or a page session begun with one, acts as: who, of which pillar, role
//     and unit. Identity.May and MayAt ask the policy. What that does not say is refused: an unknown role, an unknown action,
//     a role whose second factor was not shown.
//   - Action and Reach are what may be done and how far: in the own cases, in the own unit, everywhere.
//
// A key reads
//
//	anv_ iiiiiiii ssssssssssssssssssssssssssssssss cccccc
//	     id (8)   secret (32)                      checksum (6)
//
// in base62, without the spaces. The id may be shown and logged. The secret has 190 bits of randomness, so one SHA-256
// is enough to store it by: there is nothing to guess, and a slow hash would only cost each call a millisecond. The
// checksum tells a mistyped key from a revoked one without looking anything up.
//
// On disk everything is DIR/secret/keys.json (directory 0700, file 0600), replaced as a whole: written beside, synced,
// renamed, directory synced. DIR/secret/lock is locked while a process has the keys open. Check reads no file and takes
// no lock; it looks at an immutable table that every change replaces.
//
// Page sessions live in memory only and end with the process, with their time, and with their key.
package access
