package classifier

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Model scores sentences against labels: for each label one linear function of the
// features. It is immutable and safe for concurrent use. All of it is integers, so that
// a score is the same on every machine.
type Model struct {
	Labels []string
	scale  []int32 // by label: what one step of its weights is worth, in 1/65536
	bias   []int32 // by label, in 1/65536
	curve  []int32 // by label: intercept of its calibration, in 1/65536
	slope  []int32
	shared [sigCount]int32 // weights of the signals, in 1/65536
	own    []uint8         // by Feature.Of: label+1
	seen   []uint64        // one bit for what a key hashes to: most features have no weight, and this fits a cache
	slots  []slot          // a hash table of features
	cells  []weighed
}

// slot is one feature of the table. The low byte of row says how many cells it has, the
// rest where they begin; 0 is a free slot.
type slot struct {
	key uint32
	row uint32
}

// weighed is the weight of a feature for a label.
type weighed struct {
	label  uint8
	weight int8
}

// Linear is a model as it is trained: for each label the weights of features.
type Linear struct {
	Labels  []string
	Bias    []float64
	Weights []map[uint32]float64
	Curve   []Curve // by label
	Shared  Shared  // of the signals
}

// Curve turns a score into a probability: 1/(1+exp(-(Slope*score+Intercept))).
type Curve struct{ Slope, Intercept float64 }

// ErrModel is about bytes that are no model.
var ErrModel = errors.New("not a model of the classifier")

const magic = "svidok model 1\n"

// Encode writes l in at most most pairs of feature and label: those of the greatest
// weight. The bytes are flate over: the magic line; the number of labels, and of each its
// name, scale, bias, slope and intercept; the weights of the signals; the number of features, and of each, by
// ascending key, the difference to the key before, the number of its labels, and their
// numbers and weights. Numbers are varints.
func (l *Linear) Encode(most int) []byte {
	cells, scales := l.cells(most)
	out := binary.AppendUvarint([]byte(magic), uint64(len(l.Labels)))
	fixed := func(v float64) { out = binary.AppendVarint(out, int64(math.Round(v*65536))) }
	for c, name := range l.Labels {
		out = binary.AppendUvarint(out, uint64(len(name)))
		out = append(out, name...)
		for _, v := range []float64{scales[c], l.Bias[c], l.Curve[c].Slope, l.Curve[c].Intercept} {
			fixed(v)
		}
	}
	for _, v := range l.Shared {
		fixed(v)
	}
	features := 0
	for i := range cells {
		if i == 0 || cells[i].key != cells[i-1].key {
			features++
		}
	}
	out = binary.AppendUvarint(out, uint64(features))
	last := uint32(0)
	for i := 0; i < len(cells); {
		j := i
		for j < len(cells) && cells[j].key == cells[i].key {
			j++
		}
		out = binary.AppendUvarint(out, uint64(cells[i].key-last))
		out = binary.AppendUvarint(out, uint64(j-i))
		for _, c := range cells[i:j] {
			out = append(out, c.label, byte(c.weight))
		}
		last, i = cells[i].key, j
	}
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	_, _ = w.Write(out) // into memory: cannot fail
	_ = w.Close()
	return packed.Bytes()
}

// cell is one weight as it is written.
type cell struct {
	key    uint32
	label  uint8
	weight int8
	size   float64
}

// cells are the most weights that are kept, by key and label, in steps of each label's scale.
func (l *Linear) cells(most int) ([]cell, []float64) {
	var cells []cell
	scales := make([]float64, len(l.Labels))
	for c := range l.Labels {
		top := 0.0
		for _, w := range l.Weights[c] {
			top = max(top, math.Abs(w))
		}
		scales[c] = math.Ceil(top/127*65536) / 65536
		for k, w := range l.Weights[c] {
			if q := math.Round(w / scales[c]); q != 0 && scales[c] > 0 {
				cells = append(cells, cell{k, uint8(c), int8(q), math.Abs(w)})
			}
		}
	}
	place := func(x, y cell) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.label, y.label)) }
	slices.SortFunc(cells, func(x, y cell) int { return cmp.Or(cmp.Compare(y.size, x.size), place(x, y)) })
	cells = cells[:min(most, len(cells))]
	slices.SortFunc(cells, place)
	return cells, scales
}

// Load reads a model. No bytes are no model, and no error: nothing was trained yet.
func Load(file []byte) (*Model, error) {
	if len(file) == 0 {
		return &Model{}, nil
	}
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(file)), 64<<20))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	r := bytes.NewReader(raw)
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r, head); err != nil || string(head) != magic {
		return nil, ErrModel
	}
	m := &Model{}
	if err := m.load(r, len(raw)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	return m, nil
}

var errSize = errors.New("a number out of bounds")

func (m *Model) load(r *bytes.Reader, limit int) error {
	if err := m.loadLabels(r); err != nil {
		return err
	}
	features, err := binary.ReadUvarint(r)
	if err != nil || features > uint64(limit) {
		return errors.Join(err, errSize)
	}
	size := 16
	for size < 2*int(features) {
		size *= 2
	}
	m.slots, m.seen = make([]slot, size), make([]uint64, size*perSlot/64)
	key := uint64(0)
	for range features {
		step, err1 := binary.ReadUvarint(r)
		n, err2 := binary.ReadUvarint(r)
		if err := errors.Join(err1, err2); err != nil || n > uint64(len(m.Labels)) {
			return errors.Join(err, errSize)
		}
		key += step
		row := uint32(len(m.cells))<<8 | uint32(n)
		if len(m.cells) >= 1<<24 {
			return errSize
		}
		for range n {
			c, err1 := r.ReadByte()
			w, err2 := r.ReadByte()
			if err := errors.Join(err1, err2); err != nil || int(c) >= len(m.Labels) {
				return errors.Join(err, errSize)
			}
			m.cells = append(m.cells, weighed{c, int8(w)})
		}
		if n > 0 {
			m.settle(uint32(key), row)
		}
	}
	return nil
}

// loadLabels reads what stands before the features.
func (m *Model) loadLabels(r *bytes.Reader) error {
	labels, err := binary.ReadUvarint(r)
	if err != nil || labels > 250 {
		return errors.Join(err, errSize)
	}
	m.own = make([]uint8, 1<<16)
	for i := range labels {
		n, err := binary.ReadUvarint(r)
		if err != nil || n > 100 {
			return errors.Join(err, errSize)
		}
		name := make([]byte, n)
		if _, err := io.ReadFull(r, name); err != nil {
			return err
		}
		m.Labels = append(m.Labels, string(name))
		m.own[ofLabel(string(name))] = uint8(i + 1)
		for _, list := range []*[]int32{&m.scale, &m.bias, &m.slope, &m.curve} {
			v, err := binary.ReadVarint(r)
			if err != nil {
				return err
			}
			*list = append(*list, int32(v))
		}
	}
	for i := range m.shared {
		v, err := binary.ReadVarint(r)
		if err != nil {
			return err
		}
		m.shared[i] = int32(v)
	}
	return nil
}

func (m *Model) settle(key, row uint32) {
	i := key & uint32(len(m.slots)-1)
	for m.slots[i].row != 0 {
		i = (i + 1) & uint32(len(m.slots)-1)
	}
	m.slots[i] = slot{key, row}
	bit := key & uint32(len(m.seen)*64-1)
	m.seen[bit>>6] |= 1 << (bit & 63)
}

// perSlot is how many bits of seen there are for a slot: a key in eight or so passes that has
// no weight.
const perSlot = 4

// row returns the labels and weights of a feature.
func (m *Model) row(key uint32) []weighed {
	bit := key & uint32(len(m.seen)*64-1)
	if len(m.seen) == 0 || m.seen[bit>>6]>>(bit&63)&1 == 0 {
		return nil
	}
	for i := key & uint32(len(m.slots)-1); m.slots[i].row != 0; i = (i + 1) & uint32(len(m.slots)-1) {
		if s := m.slots[i]; s.key == key {
			return m.cells[s.row>>8 : s.row>>8+s.row&255]
		}
	}
	return nil
}

// Scores are the scores of one sentence, in 1/65536, by label.
type Scores []int32

// Score appends the score of each label: bias + sum(weight*scale)/length, where length
// is the root of the sum of the squares of the scales.
func (m *Model) Score(dst Scores, features []Feature) Scores {
	var sums [256]int32
	length := Length(features)
	for _, f := range features {
		for _, w := range m.row(f.Key) {
			sums[w.label] += int32(w.weight) * int32(f.Scale)
		}
	}
	for c := range m.Labels {
		dst = append(dst, m.bias[c]+int32(int64(sums[c])*int64(m.scale[c])/length))
	}
	return dst
}

// Length is what scores are divided by, so that long sentences weigh no more than short.
func Length(features []Feature) int64 {
	sum := uint64(64)
	for _, f := range features {
		if f.Of == 0 {
			sum += uint64(f.Scale) * uint64(f.Scale)
		}
	}
	return int64(root(sum))
}

// root is the integer square root, rounded down.
func root(n uint64) uint64 {
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}

// Logits appends the calibrated odds of each label, in 1/65536: 0 is even.
func (m *Model) Logits(dst, scores Scores, features []Feature) Scores {
	var tallies [256]tally
	for _, f := range features {
		if f.Of != 0 && len(m.own) > 0 && m.own[f.Of] != 0 {
			tallies[m.own[f.Of]-1].add(f)
		}
	}
	for c, score := range scores {
		logit := m.curve[c] + int32(int64(score)*int64(m.slope[c])>>16)
		if tallies[c] != (tally{}) {
			for k, on := range tallies[c].on() {
				if on {
					logit += m.shared[k]
				}
			}
		}
		dst = append(dst, logit)
	}
	return dst
}

// Weight returns what feature f adds to the score of label c, before it is divided by
// the length.
func (m *Model) Weight(f Feature, c int) int32 {
	for _, w := range m.row(f.Key) {
		if int(w.label) == c {
			return int32(w.weight) * int32(f.Scale)
		}
	}
	return 0
}

// Weigh adds, to each word of w, what the features that it shows say for label c.
func (m *Model) Weigh(w []int32, features []Feature, c int) {
	for _, f := range features {
		if f.From < 0 || int(f.To) >= len(w) {
			continue
		}
		if v := m.Weight(f, c); v != 0 {
			if f.From == f.To {
				w[f.From] += v * 2
			} else {
				w[f.From], w[f.To] = w[f.From]+v, w[f.To]+v
			}
		}
	}
}

// Probability turns a logit in 1/65536 into hundredths.
func Probability(logit int32) float64 {
	return math.Round(100/(1+math.Exp(-float64(logit)/65536))) / 100
}
