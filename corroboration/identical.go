package corroboration

// firsts finds the first text of a sequence of words by the sequence's hash: an
// open-addressed table, at most 3/4 full, with linear steps. A third of a Go map's memory.
type firsts struct {
	hashes []uint64
	ids    []uint32
	table  []uint32 // place in hashes, plus 1; 0: free
}

func (f *firsts) find(sequence uint64) (id uint32, ok bool) {
	if len(f.table) == 0 {
		return 0, false
	}
	mask := uint64(len(f.table) - 1)
	for at := sequence & mask; f.table[at] != 0; at = (at + 1) & mask {
		if i := f.table[at] - 1; f.hashes[i] == sequence {
			return f.ids[i], true
		}
	}
	return 0, false
}

// add enters a sequence that is not there yet.
func (f *firsts) add(sequence uint64, id uint32) {
	f.hashes, f.ids = append(f.hashes, sequence), append(f.ids, id)
	if 4*len(f.hashes) > 3*len(f.table) {
		f.table = make([]uint32, max(64, 2*len(f.table)))
		for i := range f.hashes[:len(f.hashes)-1] {
			f.place(i)
		}
	}
	f.place(len(f.hashes) - 1)
}

func (f *firsts) place(i int) {
	mask := uint64(len(f.table) - 1)
	at := f.hashes[i] & mask
	for f.table[at] != 0 {
		at = (at + 1) & mask
	}
	f.table[at] = uint32(i + 1)
}
