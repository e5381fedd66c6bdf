package witness_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

func TestALogThatGrows(t *testing.T) {
	eachStore(t, func(t *testing.T, store witness.Store) {
		l := newLog(t).grow(40)
		w := newWitness(t, store, witness.Log{Origin: origin, Key: l.key})
		old := int64(0)
		for _, size := range []int64{0, 1, 2, 3, 8, 9, 31, 32, 40} {
			line, err := w.Add(t.Context(), l.submission(old, size))
			if err != nil {
				t.Fatalf("%d to %d: %v", old, size, err)
			}
			if c := w.cosigned(t, l, size, line); !c.Time.Equal(w.clock.now()) {
				t.Fatalf("%+v", c)
			}
			signed, err := w.Latest(t.Context(), witness.OriginHash(origin))
			if err != nil || !bytes.Contains(signed, line) {
				t.Fatalf("%q, %v", signed, err)
			}
			if c, err := proof.OpenCheckpoint(signed, l.key); err != nil || c.Size != size {
				t.Fatalf("%+v, %v", c, err)
			}
			old = size
			w.clock.pass(time.Second)
		}
		if len(w.forks)+len(w.failures) != 0 {
			t.Fatalf("%d forks of an honest log, %v", len(w.forks), w.failures)
		}
	})
}

func TestWhatIsNotCosigned(t *testing.T) {
	l := newLog(t).grow(20)
	liar, stranger := l.fork(5).grow(0), &log{t: t, signer: nil}
	liar.add("another\n")
	liar.grow(20)
	stranger.signer, stranger.key = pair(t, origin, 2)
	stranger.add(l.leaves...)
	path, err := l.prove(t.Context(), 10, 20)
	if err != nil {
		t.Fatal(err)
	}
	unknown, _ := pair(t, "svidok.case/unknown", 3)
	other, err := proof.Sign(proof.Checkpoint{Origin: "svidok.case/unknown", Size: 1}, unknown)
	if err != nil {
		t.Fatal(err)
	}
	emptyLie, _ := proof.Sign(proof.Checkpoint{Origin: origin, Size: 0, Root: evidence.Hash{1}}, l.signer)
	spoilt := slices.Clone(path)
	spoilt[0][0] ^= 1
	proofLine := bytes.Split(l.submission(10, 20), []byte("\n"))[1]
	// A signature of ours that is over something else, beside none.
	swapped := []byte(strings.Replace(string(l.signed(20)), "\n20\n", "\n21\n", 1))
	for _, c := range []struct {
		name string
		body []byte
		want error
	}{
		{"older than known", l.submission(5, 8), &witness.Conflict{Known: 10}},
		{"rolled back", l.submission(0, 8), &witness.Conflict{Known: 10}},
		{"from nothing again", l.submission(0, 20), &witness.Conflict{Known: 10}},
		{"from where nobody was", l.submission(12, 20), &witness.Conflict{Known: 10}},
		{"size below the old one", witness.Submission(10, nil, l.signed(8)), evidence.ErrFormat},
		{"forked, with its own proof", liar.submission(10, 20), witness.ErrForked},
		{"forked at the same size", witness.Submission(10, nil, liar.signed(10)), witness.ErrForked},
		{"no proof", witness.Submission(10, nil, l.signed(20)), witness.ErrForked},
		{"truncated proof", witness.Submission(10, path[:len(path)-1], l.signed(20)), witness.ErrForked},
		{"too long a proof", witness.Submission(10, append(slices.Clone(path), evidence.Hash{}), l.signed(20)), witness.ErrForked},
		{"spoilt proof", witness.Submission(10, spoilt, l.signed(20)), witness.ErrForked},
		{"a proof for the same size", witness.Submission(10, path, l.signed(10)), witness.ErrForked},
		{"wrong key", stranger.submission(10, 20), witness.ErrUnsigned},
		{"signature over another", witness.Submission(10, path, swapped), witness.ErrUnsigned},
		{"unknown origin", witness.Submission(0, nil, other), witness.ErrUnknownLog},
		{"64 lines of proof", witness.Submission(10, make([]evidence.Hash, 64), l.signed(20)), evidence.ErrFormat},
		{"oversized", bytes.Repeat([]byte("old 10\n"), 1<<15), evidence.ErrLimit},
		{"an empty tree of its own", witness.Submission(0, nil, emptyLie), &witness.Conflict{Known: 10}},
		{"nothing", nil, evidence.ErrFormat},
		{"no note", []byte("old 10\n\nx\n"), evidence.ErrUsage},
		{"leading zero", bytes.Replace(l.submission(10, 20), []byte("old 10"), []byte("old 010"), 1), evidence.ErrFormat},
		{"a plus", bytes.Replace(l.submission(10, 20), []byte("old 10"), []byte("old +10"), 1), evidence.ErrFormat},
		{"another spelling of the proof", bytes.Replace(l.submission(10, 20), []byte("=\n"), []byte("==\n"), 1), evidence.ErrFormat},
		{"unused bits in the proof", bytes.Replace(l.submission(10, 20), proofLine, otherBits(proofLine), 1), evidence.ErrFormat},
		{"negative", bytes.Replace(l.submission(10, 20), []byte("old 10"), []byte("old -1"), 1), evidence.ErrFormat},
		{"beyond numbers", bytes.Replace(l.submission(10, 20), []byte("old 10"), []byte("old 99999999999999999999"), 1), evidence.ErrFormat},
		{"line feeds of another system", bytes.ReplaceAll(l.submission(10, 20), []byte("\n"), []byte("\r\n")), evidence.ErrFormat},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
			if _, err := w.Add(t.Context(), l.submission(0, 10)); err != nil {
				t.Fatal(err)
			}
			before, _ := w.Latest(t.Context(), witness.OriginHash(origin))
			line, err := w.Add(t.Context(), c.body)
			if want, ok := c.want.(*witness.Conflict); ok {
				if got, ok := errors.AsType[*witness.Conflict](err); !ok || got.Known != want.Known || !errors.Is(err, evidence.ErrRefused) {
					t.Fatalf("%q, %v", line, err)
				}
			} else if c.name == "no note" {
				if !errors.Is(err, witness.ErrUnknownLog) {
					t.Fatalf("%q, %v", line, err)
				}
			} else if !errors.Is(err, c.want) || line != nil {
				t.Fatalf("%q, %v", line, err)
			}
			after, _ := w.Latest(t.Context(), witness.OriginHash(origin))
			if !bytes.Equal(before, after) {
				t.Fatal("what was cosigned has changed")
			}
			if suspicious := slices.Contains([]string{"forked, with its own proof", "forked at the same size", "no proof", "truncated proof", "too long a proof", "spoilt proof"}, c.name); suspicious != (len(w.forks) == 1) {
				t.Fatalf("%d contradictions are told", len(w.forks))
			}
			// The honest log is cosigned all the same.
			if line, err := w.Add(t.Context(), l.submission(10, 20)); err != nil {
				t.Fatal(err)
			} else {
				w.cosigned(t, l, 20, line)
			}
		})
	}
}

// otherBits spells the same hash in base64 in another way: the last two bits are unused.
func otherBits(line []byte) []byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	out := bytes.Clone(line)
	last := &out[len(out)-2]
	*last = digits[strings.IndexByte(digits, *last)+1]
	return out
}

func TestFirstCheckpoints(t *testing.T) {
	l := newLog(t).grow(3)
	emptyLie, _ := proof.Sign(proof.Checkpoint{Origin: origin, Size: 0, Root: evidence.Hash{1}}, l.signer)
	for name, body := range map[string][]byte{
		"an empty tree of its own": witness.Submission(0, nil, emptyLie),
		"a proof from nothing":     witness.Submission(0, make([]evidence.Hash, 1), l.signed(3)),
	} {
		w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
		if line, err := w.Add(t.Context(), body); !errors.Is(err, evidence.ErrFormat) || errors.Is(err, witness.ErrForked) {
			t.Errorf("%s: %q, %v", name, line, err)
		}
		if _, err := w.Latest(t.Context(), witness.OriginHash(origin)); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Latest(t.Context(), witness.OriginHash("x")); !errors.Is(err, witness.ErrUnknownLog) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two notes of one size are proof for anybody; a growth that does not fit is not.
func TestForksAreKept(t *testing.T) {
	l := newLog(t).grow(10)
	liar := l.fork(5, "another\n").grow(14)
	w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
	if _, err := w.Add(t.Context(), l.submission(0, 10)); err != nil {
		t.Fatal(err)
	}
	for i, body := range [][]byte{witness.Submission(10, nil, liar.signed(10)), witness.Submission(3, nil, liar.signed(10)), liar.submission(10, 20)} {
		if _, err := w.Add(t.Context(), append(body, "— svidok.witness/stranger AAAAAAAA\n"...)); err == nil {
			t.Fatal("cosigned")
		}
		if len(w.forks) != i+1 {
			t.Fatalf("%d forks", len(w.forks))
		}
		f := w.forks[i]
		if f.Certain != (i < 2) || bytes.Contains(f.Seen, []byte("stranger")) {
			t.Fatalf("%+v", f)
		}
		if c, err := witness.Compare(f.Known, f.Seen, l.key, nil); err != nil || f.Certain != (c.Relation == witness.Forked) {
			t.Fatalf("%+v, %v", c, err)
		}
		if by, err := proof.VerifyCosignatures(f.Known, []*proof.CosignatureKey{w.cosigner.Key()}, proof.Bounds{}); err != nil || len(by) != 1 {
			t.Fatalf("%v, %v", by, err)
		}
	}
}

func TestTheSameCheckpointAgain(t *testing.T) {
	l := newLog(t).grow(10)
	w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
	first, err := w.Add(t.Context(), l.submission(0, 10))
	if err != nil {
		t.Fatal(err)
	}
	w.clock.pass(witness.RecosignAfter - time.Second)
	if again, err := w.Add(t.Context(), l.submission(10, 10)); err != nil || !bytes.Equal(first, again) {
		t.Fatalf("%q, %v", again, err)
	}
	w.clock.pass(time.Second)
	again, err := w.Add(t.Context(), l.submission(10, 10))
	if err != nil || !w.cosigned(t, l, 10, again).Time.Equal(w.clock.now()) {
		t.Fatalf("%q, %v", again, err)
	}
	// A witness never says that it saw something before what it saw last.
	w.clock.pass(-time.Second)
	if line, err := w.Add(t.Context(), l.submission(10, 10)); !errors.Is(err, evidence.ErrBusy) || evidence.HintOf(err) == "" {
		t.Fatalf("%q, %v", line, err)
	}
}

func TestALogThatChangesItsKey(t *testing.T) {
	l := newLog(t).grow(20)
	old := l.submission(0, 10)
	signer, key := pair(t, origin, 5)
	store := &witness.Memory{}
	if _, err := newWitness(t, store, witness.Log{Origin: origin, Key: l.key}).Add(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	both := newWitness(t, store, witness.Log{Origin: origin, Key: l.key}, witness.Log{Origin: origin, Key: key})
	l.signer = signer
	if _, err := both.Add(t.Context(), l.submission(10, 15)); err != nil {
		t.Fatal(err)
	}
	if _, err := newWitness(t, store, witness.Log{Origin: origin, Key: key}).Add(t.Context(), l.submission(15, 20)); err != nil {
		t.Fatal(err)
	}
}

// What the store holds is believed only if the witness itself wrote it: it never begins
// again from nothing, or from what somebody put there.
func TestAStoreThatWasChanged(t *testing.T) {
	l := newLog(t).grow(20)
	name := "state/" + witness.OriginHash(origin)
	begin := func() (*folder, *setting) {
		f := &folder{}
		w := newWitness(t, f.store(), witness.Log{Origin: origin, Key: l.key})
		if _, err := w.Add(t.Context(), l.submission(0, 10)); err != nil {
			t.Fatal(err)
		}
		return f, w
	}
	f, w := begin()
	whole := f.files[name]
	line := bytes.LastIndex(whole[:len(whole)-1], []byte("\n"))
	for i := range whole {
		if text := bytes.Index(whole, []byte("\n\n")); i > text+1 && i <= line {
			continue // the log's signature may be by a key that is no more on the list
		}
		f.files[name] = bytes.Clone(whole)
		f.files[name][i] ^= 1
		if line, err := w.Add(t.Context(), l.submission(10, 20)); !errors.Is(err, evidence.ErrTampered) {
			t.Fatalf("byte %d: %q, %v", i, line, err)
		}
	}
	for _, bad := range [][]byte{{}, whole[:len(whole)/2], l.signed(5)} {
		f.files[name] = bad
		if line, err := w.Add(t.Context(), l.submission(5, 20)); !errors.Is(err, evidence.ErrTampered) {
			t.Fatalf("%q: %q, %v", bad, line, err)
		}
	}
	// The state of another log.
	f.files["state/"+witness.OriginHash("other")] = whole
	_, other := pair(t, "other", 7)
	x := newWitness(t, f.store(), witness.Log{Origin: "other", Key: other})
	if _, err := x.Latest(t.Context(), witness.OriginHash("other")); !errors.Is(err, evidence.ErrTampered) {
		t.Fatal(err)
	}
}

// Submissions at the same time, also to two witnesses with one store: what is cosigned is
// one chain, and its sizes never go back.
func TestManyAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, store witness.Store) {
		l := newLog(t).grow(60)
		logs := witness.Log{Origin: origin, Key: l.key}
		ws := []*setting{newWitness(t, store, logs), newWitness(t, store, logs)}
		var bodies [][]byte
		for old := range int64(12) {
			for size := old; size <= 12; size++ {
				bodies = append(bodies, l.submission(old*5, size*5))
			}
		}
		var wg sync.WaitGroup
		for round := range 4 {
			for i, b := range bodies {
				wg.Go(func() {
					for range 3 {
						_, err := ws[(i+round)%2].Add(context.Background(), b)
						if _, conflict := errors.AsType[*witness.Conflict](err); err != nil && !conflict {
							t.Error(err)
						}
					}
				})
			}
		}
		wg.Wait()
		signed, err := ws[0].Latest(t.Context(), witness.OriginHash(origin))
		if err != nil {
			t.Fatal(err)
		}
		c, err := proof.OpenCheckpoint(signed, l.key)
		if err != nil || c != l.head(c.Size) || len(ws[0].forks)+len(ws[1].forks) != 0 {
			t.Fatalf("%+v, %v", c, err)
		}
	})
}

// slow makes somebody else come between load and save.
type slow struct {
	witness.Store
	between func()
}

func (s slow) Save(ctx context.Context, origin string, old, next []byte) error {
	s.between()
	return s.Store.Save(ctx, origin, old, next)
}

func TestSomebodyElseCameBetween(t *testing.T) {
	l := newLog(t).grow(20)
	logs := witness.Log{Origin: origin, Key: l.key}
	store := &witness.Memory{}
	first := newWitness(t, store, logs)
	if _, err := first.Add(t.Context(), l.submission(0, 5)); err != nil {
		t.Fatal(err)
	}
	second := newWitness(t, slow{store, func() {
		if _, err := first.Add(t.Context(), l.submission(5, 20)); err != nil {
			t.Fatal(err)
		}
	}}, logs)
	line, err := second.Add(t.Context(), l.submission(5, 10))
	if c, ok := errors.AsType[*witness.Conflict](err); !ok || c.Known != 20 || line != nil {
		t.Fatalf("%q, %v", line, err)
	}
}

// Whatever is sent in whatever order, and wherever the witness dies: all that it ever
// cosigned is one chain, and a later cosignature is never of a smaller tree.
func TestOneChain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		trunk := newLog(t).grow(12)
		logs := []*log{trunk, trunk.fork(3, "lie\n").grow(8), trunk.fork(7, "another lie\n").grow(4), trunk.fork(0, "all new\n").grow(11)}
		f := &folder{}
		var w *setting
		start := func(*rapid.T) { // also after a crash
			at := newClock()
			if w != nil {
				at = w.clock
			}
			w = newWitness(t, f.store(), witness.Log{Origin: origin, Key: trunk.key})
			*w.clock = clock{at: at.now()}
		}
		start(t)
		chain := []string(nil) // leaves of the largest tree that was cosigned
		f.broken = nil
		known := func() int64 {
			signed, err := w.Latest(context.Background(), witness.OriginHash(origin))
			if errors.Is(err, evidence.ErrNotFound) {
				return 0
			}
			c, err := proof.OpenCheckpoint(signed, trunk.key)
			if err != nil {
				t.Fatal(err)
			}
			return c.Size
		}
		t.Repeat(map[string]func(*rapid.T){
			"restart": start,
			"submit": func(t *rapid.T) {
				l := rapid.SampledFrom(logs).Draw(t, "log")
				old := rapid.Int64Range(0, l.size()).Draw(t, "old")
				if rapid.Bool().Draw(t, "informed") {
					old = min(known(), l.size())
				}
				size := rapid.Int64Range(old, l.size()).Draw(t, "size")
				body := l.submission(old, size)
				if rapid.Bool().Draw(t, "with the proof of another") {
					other := rapid.SampledFrom(logs).Draw(t, "other")
					if old > 0 && size <= other.size() {
						path, err := other.prove(context.Background(), old, size)
						if err != nil {
							t.Fatal(err)
						}
						body = witness.Submission(old, path, l.signed(size))
					}
				}
				fails := rapid.SampledFrom([]string{"", "", "", "before", "after"}).Draw(t, "crash")
				f.broken = func(string) (bool, bool) { return fails == "before", fails == "after" }
				w.clock.pass(time.Duration(rapid.IntRange(0, 20).Draw(t, "seconds")) * time.Second)
				line, err := w.Add(context.Background(), body)
				f.broken = nil
				if err != nil {
					if line != nil {
						t.Fatal("a cosignature with an error")
					}
					if fails != "" {
						start(t)
					}
				} else {
					w.cosigned(t, l, size, line)
					leaves := l.leaves[:size]
					if len(leaves) < len(chain) || !slices.Equal(leaves[:len(chain)], chain) {
						t.Fatalf("cosigned %d entries that do not extend the %d before", len(leaves), len(chain))
					}
					chain = slices.Clone(leaves)
				}
			},
			"": func(t *rapid.T) {
				if n := known(); n < int64(len(chain)) {
					t.Fatalf("%d entries were cosigned, and %d are remembered", len(chain), n)
				}
			},
		})
	})
}

func TestAWitnessWithoutWhatItNeeds(t *testing.T) {
	_, key := pair(t, origin, 1)
	whole := witness.Options{Cosigner: cosigner(t, "w", 1), Store: &witness.Memory{}, Now: time.Now, Forked: func(witness.Fork) {}, Failed: func(error) {}}
	for i, o := range []witness.Options{
		{}, {Cosigner: whole.Cosigner, Store: whole.Store, Now: whole.Now, Failed: whole.Failed},
		{Cosigner: whole.Cosigner, Store: whole.Store, Now: whole.Now, Forked: whole.Forked, Failed: whole.Failed, Logs: []witness.Log{{Key: key}}},
		{Cosigner: whole.Cosigner, Store: whole.Store, Now: whole.Now, Forked: whole.Forked, Failed: whole.Failed, Logs: []witness.Log{{Origin: origin}}},
	} {
		if _, err := witness.New(o); !errors.Is(err, evidence.ErrUsage) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func FuzzAdd(f *testing.F) {
	l := newLog(f).grow(6)
	f.Add(l.submission(0, 3))
	f.Add(l.submission(3, 6))
	f.Add(witness.Submission(3, make([]evidence.Hash, 63), l.signed(6)))
	f.Add([]byte("old 0\n\n" + origin + "\n0\n"))
	honest := map[string]bool{}
	for size := range int64(7) {
		honest[fmt.Sprint(l.head(size).Text())] = true
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w := newWitness(t, &witness.Memory{}, witness.Log{Origin: origin, Key: l.key})
		line, err := w.Add(t.Context(), body)
		if err != nil {
			return
		}
		signed, err := w.Latest(t.Context(), witness.OriginHash(origin))
		if err != nil {
			t.Fatal(err)
		}
		c, err := proof.OpenCheckpoint(signed, l.key)
		if err != nil || !honest[c.Text()] {
			t.Fatalf("%q: cosigned %+v, %v", body, c, err)
		}
		n, err := note.Open(append(signed, line...), note.VerifierList(w.cosigner.Key()))
		if err != nil || len(n.Sigs) != 1 {
			t.Fatalf("%q: %v", line, err)
		}
	})
}
