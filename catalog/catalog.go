// Package catalog finds again what the ledger noted. It is a view in one SQLite file:
// it knows how far in the ledger it has read ([Catalog.Position]), holds no rule, and
// may be deleted at any time, since `svidok rebuild` makes an equal one from the vault
// and the ledger ([Catalog.Dump] shows that it is equal).
//
// # Writing
//
// Only archive/follow.go writes, through [Catalog.Apply]: one transaction takes the view
// from one position to a later one, or leaves it where it was. Two processes may follow
// the same ledger: whoever comes second finds the position moved, and reads it again.
//
// # Reading
//
// Reads go to a pool of their own and never wait for the writer. They return plain
// structs. Pages are by key, so that a page costs the same wherever it lies.
//
// # What is not exact
//
// Nothing here is evidence. Proofs, texts and originals come from the ledger and the
// vault, by the positions and hashes that the rows carry.
package catalog
