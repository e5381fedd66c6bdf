package corroboration

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// planted makes n texts of about 1,500 characters. One in ten is a copy of an earlier
// one with a few words changed, one in fifty the first half of one. With a footer, a third of all end in
// the same fifty words. The second result says of which text each is a copy, or -1.
func planted(n int, footer bool) ([]string, []int) {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	vocabulary := make([]string, 40000)
	for i := range vocabulary {
		vocabulary[i] = someWord(r, 1<<30)
	}
	long := 1480
	if footer {
		long = 1580
	}
	draw := func() []string { // few words are frequent and many rare, as in any language
		var out []string
		for size := 0; size < long; {
			w := vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64()*r.Float64())]
			out = append(out, w)
			size += len([]rune(w)) + 1
		}
		return out
	}
	tail := strings.Join(someWords(r, 50, 1<<20), " ")
	all, texts, of := make([][]string, n), make([]string, n), make([]int, n)
	for i := range n {
		of[i] = -1
		switch k := r.IntN(50); {
		case k < 5 && i > 0:
			of[i] = r.IntN(i)
			all[i] = edited(r, all[of[i]], 1+r.IntN(5))
		case k == 5 && i > 0 && len(all[i-1]) > 100:
			of[i] = i - 1
			all[i] = all[of[i]][:len(all[of[i]])/2]
		default:
			all[i] = draw()
		}
		if footer && i%3 == 0 { // in the place of the last words, so that sizes stay comparable
			texts[i] = strings.Join(all[i][:max(1, len(all[i])-50)], " ") + "\n" + tail
			continue
		}
		texts[i] = strings.Join(all[i], " ")
	}
	return texts, of
}

// BenchmarkJoin100k adds 100,000 texts to an index, on one core: tokens, folding, shingles, search.
func BenchmarkJoin100k(b *testing.B) {
	for _, footer := range []bool{false, true} {
		name := "plain"
		if footer {
			name = "footer"
		}
		b.Run(name, func(b *testing.B) { benchmarkJoin(b, 100_000, footer) })
	}
}

func benchmarkJoin(b *testing.B, n int, footer bool) {
	texts, _ := planted(n, footer)
	characters := 0
	for _, t := range texts {
		characters += len([]rune(t))
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var x *Index
	matches := 0
	for b.Loop() {
		x, matches = NewIndex(Options{}), 0
		for i, t := range texts {
			matches += len(x.Add(uint32(i), t))
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "texts/s")
	b.ReportMetric(float64(characters)/float64(n), "characters/text")
	b.ReportMetric(float64(matches), "matches")
	b.ReportMetric(float64(heldBy(x))/float64(n), "B/text")
}

// heldBy returns the bytes that an index keeps alive, by asking the collector.
func heldBy(x *Index) uint64 {
	var with, without runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	*x = Index{}
	runtime.GC()
	runtime.ReadMemStats(&without)
	return with.HeapAlloc - without.HeapAlloc
}

func BenchmarkSketch(b *testing.B) {
	texts, _ := planted(1000, false)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		Sketch(texts[i%len(texts)])
		i++
	}
}

// BenchmarkLoad500k loads sketches of 500,000 posts of 104 words, as after a restart, and says what
// the index then holds in memory.
func BenchmarkLoad500k(b *testing.B) {
	const n, grams = 500_000, 100
	r := rand.New(rand.NewPCG(9, 9))
	sketches := make([][]byte, n)
	var one reader
	for i := range sketches {
		one.hashes = one.hashes[:0]
		for range grams + shingleWords - 1 {
			one.hashes = append(one.hashes, r.Uint64())
		}
		sketches[i] = one.encoded()
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var x *Index
	for b.Loop() {
		x = NewIndex(Options{})
		for i, s := range sketches {
			if err := x.Load(uint32(i), s); err != nil {
				b.Fatal(err)
			}
		}
	}
	x.search(x.hot.set(0)) // from here on the lists of the open generation are there, too
	b.ReportMetric(float64(len(sketches[0])), "B/sketch")
	b.ReportMetric(float64(heldBy(x))/1e6, "MB")
	runtime.KeepAlive(sketches)
}

// BenchmarkAdd500k adds the same number of posts, in which one in ten is a near copy, with the matches.
func BenchmarkAdd500k(b *testing.B) {
	const n, grams = 500_000, 100
	r := rand.New(rand.NewPCG(9, 9))
	var one reader
	last := make([]uint64, grams+shingleWords-1)
	for b.Loop() {
		x, matches := NewIndex(Options{}), 0
		for i := range uint32(n) {
			one.hashes = append(one.hashes[:0], last...)
			for k := range one.hashes {
				if i%10 != 0 || k == 40 {
					one.hashes[k] = r.Uint64()
				}
			}
			copy(last, one.hashes)
			m, err := x.AddSketch(i, one.encoded())
			if err != nil {
				b.Fatal(err)
			}
			matches += len(m)
		}
		b.ReportMetric(float64(matches), "matches")
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}
