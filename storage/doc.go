// Package storage keeps records so that they are neither lost nor doubled.
//
// There are only a few types. A Store is one directory: cases, forms and records in Badger, the terms of records in
// Bleve shards, and structures derived from records (kept in memory by their owner, saved under derived/). A Tx is one
// atomic change of it. A Record is one person or vehicle of one case; a Case is what the store holds of one FIR. A
// Follower is told what changes.
//
// Below it, backend says what a store stands on, and embedded keeps that in a directory; layout and witness are the
// bytes. Work in the background runs as tasks, step by step, so that a simulation (simulated) can take the steps one at
// a time; what nobody waits for, on threads of low rank (background).
//
// # The promise
//
// What is durable when:
//
//   - Update is atomic and durable: when it returns nil, the records, the forms they were folded from, the log offset
//     they came from and the journal entry that names the changed records are synced to disk in one Badger transaction.
//     When it returns an error, nothing of it is there, unless the commit itself failed: then Open decides. A case too
//     large for one transaction is committed by a list of steps; readers wait until they are taken (redo.go).
//   - The offset moves only with its effect, and never back, but by --accept-gap or where the store lost its end. A
//     kill at any moment loses nothing that was acknowledged and applies nothing twice: a replay from the offset of the
//     last commit repeats what was not committed, and nothing else.
//   - The shards are behind Badger by at most the journal entries above Paid. Open catches up: each named record is
//     read from Badger and its document set or deleted to match, which is harmless to repeat.
//   - Below Options.Reserve of free disk no update is taken, and BelowReserve tells whoever else writes there. Updates
//     go on by themselves.
//
// What a reader may see:
//
//   - A search never shows a record that Badger does not have: shards and derived structures are written after the
//     commit, and what a commit has taken away or hidden is not shown (Withdrawn) though the register, which hits are
//     shown from, may still have it.
//   - Offsets says how far searches see. Degraded says why they may miss something.
//   - A rebuild makes the next generation of shards beside the one that counts, follows every update, compares, and
//     switches in one commit. No search waits for it. A kill before that commit leaves the old shards, one after it the
//     new ones; the next Open drops the others. A new Options.TermsVersion starts one, and until it ends answers are
//     called incomplete.
//   - A follower (Options.Followers; the service has none yet) is told which records commits changed, in order, at
//     least once, as they stand when it is told: states between are passed over. It goes on from the position that it
//     has reached, by a task of its own (follow.go). The journal is kept from there on, up to Options.FollowerLag;
//     beyond that, and when it is new and does not begin now, it is told all records.
//
// What is checked when:
//
//   - Every value ends in a checksum over its key and the value, verified at each read and in each backup, restore,
//     scrub and check. Badger's blocks are verified as they are read.
//   - Each commit updates a digest of every shard (State.Digests), from sums that the case entries keep of their
//     records' terms. Check reads Badger once and the shards once and holds both against it; CheckFull makes the terms
//     of every record again too, and compares the derived structure. StartCheck does either beside updates and
//     searches, at one commit and at a rate.
//   - Every segment of a shard ends in a checksum, verified by Scrub and by Check; one that is being written is checked
//     when it is complete. So have the files of what is derived, which are verified before they are used as well.
//   - derived/commit notes the last commit, since Badger cuts its log at the first entry that is damaged, without a
//     word. A store that lost its end says so, and stands at an earlier commit, whole, with the offsets of that time.
//   - The scrubber (Options.ScrubRate) makes pass after pass over the whole store. What it finds stands in Faults and
//     Degraded until the store is opened again.
//
// A backup is a chain of parts, each one snapshot of Badger and so at one commit and one offset of each partition,
// while updates run (chain.go, backup.go), with the identity of the log that those count in (offsets.go). A restore
// replaces the store at once or not at all.
//
// What tests the promise: the simulation in bench (sim_test.go), damaged files and kills in cmd/anvesh.
//
// There is one writer at a time: Update holds a lock from the first read to the commit, so two partitions with messages
// of one case cannot lose each other's change, and no transaction ever conflicts. Measured, this costs nothing: commits
// are few and large, and the time goes into the shards, which are written while the next batch is folded.
//
// # Damage
//
// Badger passes over a block that does not match its checksum as if it were not there, in a Get, an iterator and a
// merge, so that a damaged key is not found, or found as it was before. So nothing that is read is trusted by itself: a
// case entry is held against the witness, which is not in Badger (storage/witness), what a case names against its entry
// (damage.go), and a walk through all cases against the sum that each commit carries on (State.Witness).
//
//   - What is damaged is an error that names the case (Damage), never an absence. While it is not known which cases
//     were lost, a case that is missing gives ErrUnproven, not ErrNotFound.
//   - No update is applied to what could not be read. The case is set aside, updates for it wait durably, in order, and
//     all others go on (mend.go). Damaged and Degraded tell.
//   - No backup is made while a case is damaged.
//   - A lost journal entry or entry of the state is noticed at Open: for the journal the shards are made again, for the
//     state its second copy is used.
//
// # What it does not do
//
// It never repairs by itself: anvesh mend does (mend.go), from a backup, the log and what is left. A block that is
// damaged can also end the process from within Badger's own goroutines, when it is merged.
//
// It knows no names and no plates. What terms a record has (Options.Terms) and what is derived from it
// (Options.Derived) are handed in by cmd and live in query.
//
// # Keys in Badger
//
//	'c' fir                    case: see case.go
//	'f' fir 0x00 form-id       a value that is kept of one form instance, packed: see layout/pack.go
//	'r' fir '/' kind '/' ref   record as JSON, packed; the key without 'r' is the record's id
//	'o' topic 0x00 part(4)     next offset to apply (8, big-endian), through time (8, unix nanoseconds), greatest time of
//	                           its messages, if one told it (8, unix milliseconds), and, once it is known,
//	                           the batch read last: leader epoch (4), base (8), end (8), CRC-32C (4): offsets.go
//	'p' attempt(4) number(4)   a step of the last commit that is still to be taken: see redo.go
//	'j' seq(8)                 what commit seq changed: see journalEntry in journal.go
//	'm', 'z'                   State as JSON, twice
//	'a' fir                    a case that is set aside, as JSON: Aside in mend.go
//	'w' fir 0x00 seq(8) n(4)   an update that waits for it: Waiting in mend.go
//	'd' mark(16)               a tombstone of what was destroyed by order, as JSON: Tombstone in destroy.go
//
// Each value is followed by xxhash64(key, value), 8 bytes, little-endian. Numbers in keys are big-endian, so that
// iteration is in order.
//
// # Why a Bleve document is a record
//
// A document per distinct name, with its bearers as a list, was the first idea: eight keys a record were estimated at
// 185 µs. Measured here: a document with three to six ready-made terms, handed to scorch without mapping, analysis,
// norms or stored fields, costs 28-70 µs of CPU and 65-85 bytes, so the plain one-to-one mapping is cheap enough. It
// makes catching up, deleting and checking trivial, and popular names do not rewrite long lists. Distinct names are the
// business of the derived structures, where they save far more.
package storage
