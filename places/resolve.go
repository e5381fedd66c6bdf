package places

import (
	"slices"
	"strconv"
	"strings"

	"svidok/words"
)

// anchor is a place that the text names beyond doubt, and speaks for others near it.
type anchor struct {
	place, sentence int32
	from, to        int32 // tokens
	area            bool
}

const (
	mostAnchors    = 24 // that a candidate is compared with
	mostCandidates = 160
	mostOthers     = 5
)

// neighbours keeps of the doubtful names those that stand in a row with sure ones
// ("у Мирному, Веселому та Мелітополі") or in an area that the text names.
func (r *run) neighbours() {
	for k := 1; k < len(r.hits); k++ {
		if a, b := &r.hits[k-1], &r.hits[k]; a.sure && !b.sure && r.row(a, b) {
			b.sure = true
		}
	}
	for k := len(r.hits) - 2; k >= 0; k-- {
		if a, b := &r.hits[k], &r.hits[k+1]; b.sure && !a.sure && r.row(a, b) {
			a.sure = true
		}
	}
	r.anchorUp()
	kept := r.hits[:0]
	russia := r.russia()
	for k := range r.hits {
		h := r.hits[k]
		if h.rank < 3 && !h.told && h.kind != KindRegime && h.foreign == "" && len(h.list) == 0 && (russia || r.russianSentence(h.from)) && !r.anchored(&h) {
			continue // a village of Russia, rather
		}
		if h.sure || (!h.common || h.support) && !(h.lone && h.rank < 2) && r.anchored(&h) {
			kept = append(kept, h)
		}
	}
	r.hits = kept
}

// russia: the text names places of Russia, and none of Ukraine beyond doubt.
func (r *run) russia() bool {
	n := 0
	for k := range r.hits {
		h := &r.hits[k]
		switch {
		case h.foreign == "RU":
			n++
		case h.foreign == "" && h.sure && (h.rank >= 3 || h.kind != KindSettlement):
			return false
		}
	}
	return n > 0
}

// russianSentence: the sentence of token i names a region of Russia by its adjective.
func (r *run) russianSentence(i int) bool {
	s := int(r.sentenceOf(i))
	r.lo, r.hi = r.c.Words(s)
	if s == r.russianAt {
		return r.russian
	}
	r.russianAt, r.russian = s, false
	for j := r.lo; j < r.hi; j++ {
		if a, _ := r.adjective(j); a != nil && a.foreign == "RU" && a.oblast < 0 && a.city < 0 || strings.HasPrefix(r.c.Folded(j), "подмосков") {
			r.russian = true
			break
		}
	}
	return r.russian
}

func (r *run) row(a, b *hit) bool {
	n := b.from - a.to
	if n > 1 || a.foreign != "" || b.foreign != "" || a.kind == KindDemonym || a.kind == KindAdjective {
		return false
	}
	if n == 1 && r.f.says(r.c.Folded(a.to))&isConj == 0 {
		return false
	}
	gap := r.gap(a.to-1, b.from)
	return len(gap) < 16 && !strings.ContainsAny(gap, ".;:!?\n—–") && (n == 1 || strings.Contains(gap, ","))
}

// anchored: some bearer of the name lies in a raion or oblast that the text names.
func (r *run) anchored(h *hit) bool {
	for _, c := range r.candidates(h) {
		for _, a := range r.anchors {
			if r.f.g.Oblast(int(c.place)) == r.f.g.Oblast(int(a.place)) && h.rank+1 >= 0 && (r.f.g.Raion(int(c.place)) == r.f.g.Raion(int(a.place)) || a.area) {
				return true
			}
		}
	}
	return false
}

// candidates gives the bearers of the names of h, without repeats, within bounds.
func (r *run) candidates(h *hit) []holder {
	if h.bearers != nil {
		return h.bearers
	}
	switch {
	case h.n == 1 && len(h.list) == 0:
		c := r.f.names[h.names[0]].holders
		h.bearers = c[:min(len(c), mostCandidates)]
		return h.bearers
	case h.n == 0 && len(h.list) == 0:
		return nil
	}
	out := make([]holder, 0, 8)
	for _, n := range h.names[:h.n] {
		c := r.f.names[n].holders
		out = append(out, c[:min(len(c), mostCandidates)]...)
	}
	for _, p := range h.list {
		out = append(out, holder{place: p})
	}
	slices.SortFunc(out, func(a, b holder) int { return int(a.place) - int(b.place) })
	k := 0
	for _, x := range out {
		if k > 0 && out[k-1].place == x.place {
			out[k-1].old, out[k-1].made = out[k-1].old && x.old, out[k-1].made && x.made
			continue
		}
		out[k] = x
		k++
	}
	h.bearers = out[:min(k, mostCandidates)]
	return h.bearers
}

// anchorUp gathers the places that need no choice; the well known among several count too.
func (r *run) anchorUp() {
	r.anchors = r.anchors[:0]
	for k := range r.hits {
		h := &r.hits[k]
		if h.foreign != "" || !h.sure || h.role == RoleByline {
			continue
		}
		if len(r.anchors) >= 4*mostAnchors && !h.told {
			continue
		}
		cs := r.candidates(h)
		at := int32(-1)
		switch {
		case len(cs) == 1:
			at = cs[0].place
		case h.rank >= 3:
			at = r.known(cs)
		}
		if at < 0 && len(cs) == 2 && r.f.g.Level(int(cs[0].place)) == LevelOblast { // Donbas
			for _, c := range cs {
				r.anchors = append(r.anchors, anchor{place: c.place, sentence: r.sentenceOf(h.from), from: int32(h.from), to: int32(h.to), area: true})
			}
		}
		if at >= 0 {
			r.anchors = append(r.anchors, anchor{place: at, sentence: r.sentenceOf(h.from), from: int32(h.from), to: int32(h.to), area: r.f.g.Level(int(at)).Area()})
		}
	}
}

// known gives the one candidate of city rank, -1 if there are several.
func (r *run) known(cs []holder) int32 {
	at := int32(-1)
	for _, c := range cs {
		if r.f.rank(c) >= 3 {
			if at >= 0 {
				return -1
			}
			at = c.place
		}
	}
	return at
}

func (r *run) sentenceOf(token int) int32 {
	s := r.c.Sentences
	at := r.c.Tokens[token].Start
	k, found := slices.BinarySearchFunc(s, at, func(x words.Span, t int32) int { return int(x.Start) - int(t) })
	if !found {
		k--
	}
	return int32(k)
}

func (f *finder) rank(c holder) int {
	rank := int(f.ranks[c.place])
	if c.old {
		rank = min(rank, 3)
	}
	return rank
}

// settle chooses among the candidates of a hit.
func (r *run) settle(h *hit) {
	h.place = -1
	if h.foreign != "" {
		h.why = "a place outside Ukraine"
		return
	}
	cs := r.candidates(h)
	if len(cs) == 0 {
		return
	}
	if len(cs) == 1 {
		h.place, h.why = cs[0].place, only(h)
		return
	}
	near := r.near(h)
	best, second := -1, -1
	scores := make([]int, len(cs))
	for k, c := range cs {
		scores[k] = r.score(h, c, near)
		switch {
		case best < 0 || scores[k] > scores[best]:
			best, second = k, best
		case second < 0 || scores[k] > scores[second]:
			second = k
		}
	}
	h.place, h.why = cs[best].place, r.reason(h, cs[best], near, len(cs))
	need := 6
	if !r.backed(h, cs[best].place, near) { // the more bear a name, the less renown decides
		need += len(cs) / 4
		if h.kinds&isVillage != 0 {
			need += len(cs) / 4
		}
	}
	if scores[best]-scores[second] < need {
		h.place = -1
		h.why = strconv.Itoa(len(cs)) + " places of this name, and nothing in the text tells which"
	}
	for range min(mostOthers, len(cs)-1) {
		next := -1
		for k := range cs {
			if cs[k].place != h.place && scores[k] > worst && (next < 0 || scores[k] > scores[next]) {
				next = k
			}
		}
		if next < 0 {
			break
		}
		h.others = append(h.others, cs[next].place)
		scores[next] = worst
	}
}

const worst = -1 << 30 // a score below any

func only(h *hit) string {
	switch h.kind {
	case KindRegime:
		return "what the occupier calls the oblast"
	case KindAdjective, KindDemonym:
		return "the word is made from this name"
	}
	return "only place of this name"
}

// near picks the anchors that speak for h: of its sentence first, then of those before and after.
func (r *run) near(h *hit) []anchor {
	if len(r.anchors) <= mostAnchors {
		return r.anchors
	}
	at, _ := slices.BinarySearchFunc(r.anchors, int32(h.from), func(a anchor, t int32) int { return int(a.from) - int(t) })
	lo := max(0, at-mostAnchors/2)
	return r.anchors[lo:min(len(r.anchors), lo+mostAnchors)]
}

// score weighs one candidate: how well known it is, whether it fits the word for its kind,
// and how near it lies to what else the text names.
func (r *run) score(h *hit, c holder, near []anchor) int {
	g := r.f.g
	s := []int{0, 8, 24, 45, 55, 75}[min(5, r.f.rank(c))]
	if c.old {
		s -= 12
	}
	if c.made {
		s -= 4
	}
	l := g.Level(int(c.place))
	if l == LevelSettlement {
		s += 8
	}
	switch {
	case h.kinds&isVillage != 0 && l == LevelVillage, h.kinds&(isSettlement|isTownship) != 0 && l == LevelSettlement,
		h.kinds&isCity != 0 && (l == LevelCity || l == LevelSpecialCity):
		s += 60
	case h.kinds&isVillage != 0 && l == LevelSettlement, h.kinds&(isSettlement|isTownship) != 0 && l == LevelVillage:
		s += 20
	}
	if r.knownHere(h, c.place) {
		s += 45
	}
	if r.occupied && r.f.occupied[c.place] && r.heldThen(c.place, len(h.bearers)) {
		s += 22
	}
	sentence := r.sentenceOf(h.from)
	most, sum := 0, 0
	for _, a := range near {
		if int(a.from) == h.from {
			continue
		}
		w := r.relation(c.place, a)
		if !a.area && r.f.rank(holder{place: a.place}) >= 4 {
			w /= 2 // people live in Kyiv or Kharkiv and tell of places far from there
		}
		switch d := a.sentence - sentence; {
		case d == 0 && (int(a.from) <= h.to+3 && int(a.from) >= h.to):
			w = w * 3 / 2
		case d < -3 || d > 3:
			w /= 2
		case d > 0: // named later
			w = w * 3 / 5
		case d < 0:
			w = w * 4 / 5
		}
		most = max(most, w)
		sum += w
	}
	return s + most + min(sum, 200)/8
}

// knownHere: the sentence of h has a word that the place is known for.
func (r *run) knownHere(h *hit, place int32) bool {
	list := r.f.told[place]
	if len(list) == 0 {
		return false
	}
	lo, hi := r.c.Words(int(r.sentenceOf(h.from)))
	for i := lo; i < hi; i++ {
		if slices.ContainsFunc(list, func(w string) bool { return strings.HasPrefix(r.c.Folded(i), w) }) {
			return true
		}
	}
	return false
}

// heldThen: the place was, or may have been, occupied on the days that the text speaks of.
// Of many bearers of a name that is not asked.
func (r *run) heldThen(place int32, bearers int) bool {
	if r.hint.From == "" || r.hint.To == "" || bearers > mostAsked {
		return true
	}
	status, _ := r.f.g.Occupied(r.f.g.ID(int(place)), r.hint.From, r.hint.To)
	return status != OccupiedNo
}

const mostAsked = 16

// relation weighs how near candidate c lies to an anchor.
func (r *run) relation(c int32, a anchor) int {
	g, i, j := r.f.g, int(c), int(a.place)
	if a.area {
		if g.Within(i, j) {
			switch g.Level(j) {
			case LevelHromada:
				return 120
			case LevelRaion:
				return 100
			}
			return 70
		}
		if g.Level(j) != LevelOblast && r.f.above[i].oblast == r.f.above[j].oblast {
			return 30
		}
		return 0
	}
	u, v := &r.f.above[i], &r.f.above[j]
	switch {
	case i == j, u.hromada >= 0 && u.hromada == v.hromada:
		return 60
	case u.raion >= 0 && u.raion == v.raion:
		return 45
	case u.oblast == v.oblast:
		return 30
	}
	return r.closeness(i, j)
}

// closeness: two places of different oblasts may still be neighbours.
func (r *run) closeness(i, j int) int {
	dlat, dlon := abs(r.f.g.lat[i]-r.f.g.lat[j]), abs(r.f.g.lon[i]-r.f.g.lon[j])
	if r.f.g.lat[i] == 0 || r.f.g.lat[j] == 0 || dlat > 40000 || dlon > 60000 {
		return 0
	}
	return 25
}

func abs(x int32) int32 {
	if x < 0 {
		return -x
	}
	return x
}

// backed: something that the text names lies near the place.
func (r *run) backed(h *hit, place int32, near []anchor) bool {
	for _, a := range near {
		if int(a.from) != h.from && r.relation(place, a) > 0 {
			return true
		}
	}
	return false
}

func (r *run) reason(h *hit, c holder, near []anchor, n int) string {
	best, with := 0, anchor{place: -1}
	for _, a := range near {
		if w := r.relation(c.place, a); int(a.from) != h.from && w > best {
			best, with = w, a
		}
	}
	why := ""
	switch {
	case with.place == c.place:
		why = "named elsewhere in the text as well"
	case with.place >= 0:
		why = "near " + r.f.g.Full(int(with.place)) + ", named in the text"
		if r.f.g.Within(int(c.place), int(with.place)) {
			why = "in " + r.f.g.Full(int(with.place)) + ", named in the text"
		}
	case h.kinds != 0:
		why = "of the kind that the text says"
	default:
		why = "best known"
	}
	if r.knownHere(h, c.place) {
		why = "known for what the sentence names"
	}
	if r.occupied && r.f.occupied[c.place] {
		why += "; in an occupied area, as the text speaks of occupation"
	}
	return why + "; one of " + strconv.Itoa(n)
}
