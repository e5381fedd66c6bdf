package classifier

import (
	"math"
	"slices"
	"sync"
)

// Example is one sentence to learn from: its features and the labels that hold.
type Example struct {
	Features []Feature
	Labels   []int
	Group    int   // which hand it is from: what is left out together
	Weak     bool  // says nothing of labels that it does not have
	Mute     []int // labels of which it says nothing
	Weight   float64
}

// Options say how to train.
type Options struct {
	Cost     float64 // of an error
	Positive float64 // how much more an example that has the label counts
	Least    int     // a feature counts if it is met in so many examples
	Epochs   int
}

// Vectors are examples with their features numbered, normalised to length 1.
type vectors struct {
	keys  []uint32
	index [][]int32
	value [][]float64
}

func vectorise(examples []Example, least int) *vectors {
	count := map[uint32]int{}
	for _, e := range examples {
		for _, f := range e.Features {
			count[f.Key]++
		}
	}
	v := &vectors{}
	for k, n := range count {
		if n >= least {
			v.keys = append(v.keys, k)
		}
	}
	slices.Sort(v.keys)
	number := make(map[uint32]int32, len(v.keys))
	for i, k := range v.keys {
		number[k] = int32(i)
	}
	for _, e := range examples {
		length := float64(Length(e.Features))
		var index []int32
		var value []float64
		for _, f := range e.Features {
			if i, ok := number[f.Key]; ok && f.Of == 0 { // the others are weighed by Calibrate
				x := float64(f.Scale) / length
				index, value = append(index, i), append(value, x)
			}
		}
		v.index, v.value = append(v.index, index), append(v.value, value)
	}
	return v
}

// Train fits one linear function per label by dual coordinate descent on the squared
// hinge loss (Hsieh et al., 2008). The order is fixed, so the result is too.
func Train(labels []string, examples []Example, o Options) *Linear {
	v := vectorise(examples, o.Least)
	l := &Linear{Labels: labels, Bias: make([]float64, len(labels)), Weights: make([]map[uint32]float64, len(labels)), Curve: make([]Curve, len(labels))}
	var wait sync.WaitGroup
	turn := make(chan int)
	for range 4 {
		wait.Go(func() {
			for c := range turn {
				l.Bias[c], l.Weights[c] = v.fit(examples, c, o)
				l.Curve[c] = Curve{Slope: 3}
			}
		})
	}
	for c := range labels {
		turn <- c
	}
	close(turn)
	wait.Wait()
	return l
}

// fit trains one label.
func (v *vectors) fit(examples []Example, c int, o Options) (float64, map[uint32]float64) {
	w := make([]float64, len(v.keys))
	bias := 0.0
	sign, alpha := make([]float64, len(examples)), make([]float64, len(examples))
	var order []int
	for i, e := range examples {
		sign[i] = -1
		if slices.Contains(e.Labels, c) {
			sign[i] = 1
		} else if e.Weak || slices.Contains(e.Mute, c) {
			continue
		}
		order = append(order, i)
	}
	ratio := v.ratios(sign, order)
	seed := uint64(c)*2654435761 + 12345
	for range o.Epochs {
		seed = shuffle(order, seed)
		most := 0.0
		for _, i := range order {
			cost := o.Cost
			if sign[i] > 0 {
				cost *= o.Positive
			}
			if examples[i].Weight > 0 {
				cost *= examples[i].Weight
			}
			dot, norm := bias, 1.0
			for k, f := range v.index[i] {
				x := float64(ratio[f] * v.value[i][k])
				dot += float64(w[f] * x)
				norm += float64(x * x)
			}
			slack := 1 / (2 * cost)
			gradient := float64(sign[i]*dot) - 1 + float64(alpha[i]*slack)
			if alpha[i] == 0 && gradient >= 0 {
				continue
			}
			most = max(most, math.Abs(gradient))
			next := max(alpha[i]-gradient/(norm+slack), 0)
			step := (next - alpha[i]) * sign[i]
			alpha[i] = next
			bias += step
			for k, f := range v.index[i] {
				w[f] += float64(step * float64(ratio[f]*v.value[i][k]))
			}
		}
		if most < 0.01 {
			break
		}
	}
	out := make(map[uint32]float64)
	for i, x := range w {
		if x != 0 {
			out[v.keys[i]] = float64(x * ratio[i])
		}
	}
	return bias, out
}

// shuffle changes the order, the same way for the same seed, and returns the next seed.
func shuffle(order []int, seed uint64) uint64 {
	for i := len(order) - 1; i > 0; i-- {
		seed = seed*6364136223846793005 + 1442695040888963407
		j := int(seed >> 33 % uint64(i+1))
		order[i], order[j] = order[j], order[i]
	}
	return seed
}

// ratios weighs features by how unlike they are met with and without the label: by the
// logarithm of the ratio of their frequencies (Wang and Manning, 2012), within bounds.
func (v *vectors) ratios(sign []float64, order []int) []float64 {
	const smooth, most = 2.0, 3.0
	with, without := make([]float64, len(v.keys)), make([]float64, len(v.keys))
	n, m := 2*smooth, 2*smooth
	for _, i := range order {
		list := without
		if sign[i] > 0 {
			list = with
			n++
		} else {
			m++
		}
		for _, f := range v.index[i] {
			list[f]++
		}
	}
	for f := range with {
		with[f] = min(most, math.Abs(math.Log((with[f]+smooth)/n/((without[f]+smooth)/m))))
	}
	return with
}

// Score is what l gives e for each label.
func (l *Linear) Score(features []Feature) []float64 {
	length := float64(Length(features))
	out := slices.Clone(l.Bias)
	for c := range out {
		sum := 0.0
		for _, f := range features {
			sum += float64(l.Weights[c][f.Key] * float64(f.Scale))
		}
		out[c] += sum / length
	}
	return out
}
