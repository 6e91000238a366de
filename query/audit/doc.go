// Package audit is the log of who asked what: append-only, so that nothing in it can be changed, taken out or put in
// afterwards without that being noticed, by us and by an outside witness.
//
// It exists because misuse is the proven failure of police search, and because a log that an administrator can edit proves
// nothing against one. Its promises:
//
//   - What Append has returned for is durable; the door of the engine (query.Engine) lets no answer leave before.
//   - Verify finds one byte or entry that was changed, removed or put in, anywhere in DIR/audit, which holds nothing else.
//   - A kill at any moment loses no entry that Append has returned for.
//   - The personal data of one person can be made unreadable for good (Forget), and the log stays whole.
//
// Alarms (Raise) are entries too, and what the policy or a budget refuses (Refused): an entry a minute and credential at most,
// with counts, so that who floods the service with what he may not ask does not fill the disk.
//
// There are few types: a Log is open in one process; an Event is what is to be logged and becomes one or more entries; a
// Checkpoint, signed, is what the log stands for; a Proof shows an entry, and a Consistency two checkpoints, to anybody who
// has the log's public key.
//
// # On disk
//
//	DIR/audit/2026/segment             all entries, in groups: what is durable
//	DIR/audit/2026/tile/entries/000    256 entries, as they stand in the segment (C2SP tlog-tiles, entry bundle)
//	DIR/audit/2026/tile/0/000          256 leaf hashes; tile/1 has 256 roots of tiles of tile/0, and so on
//	DIR/audit/2026/tile/0/001.p/44     a tile that has 44 hashes so far; the same of bundles
//	DIR/audit/2026/checkpoint          size and root of the tree, a signed note (C2SP tlog-checkpoint)
//	DIR/secret/audit.json              all keys of the log; audit.lock is locked while a process has the log open
//
// Each year, by Indian time, is a tree of its own: a closed year can be copied, proved and, when its time has come, done away
// with. An entry stands in the year in which it was written.
//
// The segment begins with 8 bytes, "anvaud1\n". A group follows the other:
//
//	"agrp"    4 bytes
//	length    4, of the entries together
//	number    8, of the first entry in the year, from 0
//	count     4, of entries
//	entries   each: length, 2 bytes, and that many bytes of JSON
//	seal     16, HMAC-SHA-256 over the seal of the group before (16 zeros for the first) and all of this group so far
//
// Numbers are big-endian. One group is one write and one fdatasync, and the next is written only after it; so a kill tears
// only the last group, and nobody was told that its entries are in the log. A torn end is cut at the next Open, and logged;
// a bad group that another follows, or that the checkpoint stands for, is damage, and the log is not opened. The checkpoint
// text has four lines: NAME/YEAR, the number of entries, the root in base64, and "segment BYTES BEFORE": how many bytes of
// the segment hold these entries, and the size of the checkpoint before (whose tiles a kill may have left). So a start
// reads the segment from there, and not from its beginning.
//
// Tiles and checkpoint follow the segment within a second, and are caught up with at Open. Those that are not whole are not
// synced: what a power cut spoils is made again from the segment. Entries stand on disk twice, about 1.4 KB for a search with
// twenty hits each time: the segment is what is durable, the bundles are what others read.
//
// Look-up goes through an index of tokens (index.go) under DIR/derived/audit, which holds no names and is made again from the
// bundles where it is lost.
//
// # What an entry tells
//
// In clear: when, what kind, who (the key, its name and role: who asks answers for it), from which address, the ids of
// request and search, as of which offsets, how many hits; which alarm, and by what something was refused. Encrypted: what was asked, with its reason, and the id and class of
// each record that left.
//
// Each record and each case has a key of its own. An id that left is encrypted under the key of its record, with a stream of
// SHA-256 (pad). What was asked is encrypted with AES-256-GCM under a key made of those of all records that were found by it,
// and of one of the row's own: who was meant is
// known from nothing better than what was found, a common name leads to several, and any of them may be the one whom a court
// orders to be forgotten. So Forget of a record takes what was asked wherever it was found, also where another was meant:
// rather too much than too little. Who asked, when, and what else was found stays. A search that found nobody is under the
// row's own key alone; Forget of the row's id drops it, and ForgetMentions where it names somebody.
//
// The keys are not stored one by one but computed from the seed of a tree (keyTree), out of which single ones can be dropped.
// A record is found in the tree by a point, 48 bits of an HMAC of its id, which stands in clear beside what is encrypted:
// the pseudonym that remains. Whoever holds DIR/secret and brings the id himself can still tell which entries are of
// that record, and nothing of what they said.
//
// Entries are of version 2, the file of keys of schema 2; others are refused, as no release wrote any.
//
// What no log can show by itself: that entries of the last second before a kill were cut off with the end of the segment, or
// that the whole of DIR was put back to an earlier day. A witness who keeps a checkpoint from outside (anvesh audit
// checkpoint, consistency, export) does.
package audit
