package coding

import (
	"sync"

	"svidok/figures"
	"svidok/origins"
	"svidok/when"
)

// beside is what the figures, dates and origins of a sentence say of it, one bit each: they
// are signals for the classifier.
type beside uint32

// What beside says after the kinds of figures, which come first.
const (
	besideFuture beside = 1 << (iota + 16)
	besidePast
	besideOccupier
	besideUkraine
	besideWitness
	besideUnnamed
	besideDay // what a sentence is told of: a day, days up to a week, longer, a campaign, since some time
	besideWeek
	besideLong
	besideCampaign
	besideSince
)

func figureKinds() [14]string {
	return [...]string{"conscripted", "mobilised", "summonses", "planned", "quota", "detained", "killed", "wounded", "captured", "missing", "cases", "share", "contracts", "other"}
}

// names of the bits, as the classifier learns them.
func (b beside) names(dst []string) []string {
	for i, kind := range figureKinds() {
		if b>>i&1 == 1 {
			dst = append(dst, "figure "+kind)
		}
	}
	for i, name := range [...]string{"a time ahead", "a time past", "said by the occupier", "said by Ukraine or the world", "said by a witness", "said by somebody unnamed",
		"time of a day", "time of days", "time of a month or more", "time of a campaign", "time since"} {
		if b>>(16+i)&1 == 1 {
			dst = append(dst, name)
		}
	}
	return dst
}

// besides gives each unit what stands in it.
func (a *around) besides(s *scratch, language string) {
	a.figures = figures.Find(a.figures[:0], a.context(language))
	kinds := figureKinds()
	f, w, o := 0, 0, 0
	for i := range s.units {
		u := &s.units[i]
		u.beside, u.numbers = 0, [2]int{f, f}
		if u.lo == u.hi {
			continue
		}
		end := int(s.tokens[u.hi-1].End)
		for ; f < len(a.figures) && a.figures[f].Start < end; f++ {
			for k := range kinds {
				if kinds[k] == a.figures[f].Kind {
					u.beside |= 1 << k
				}
			}
		}
		u.numbers[1] = f
		for ; w < len(a.whens) && a.whens[w].Start < end; w++ {
			u.beside |= spanOf(&a.whens[w])
			switch m := &a.whens[w]; {
			case m.Kind == "document" || m.Kind == "published" || a.days.From == "":
			case m.From > a.days.To:
				u.beside |= besideFuture
			case m.To != "" && m.To < a.days.From:
				u.beside |= besidePast
			}
		}
		for ; o < len(a.origins) && a.origins[o].Start < end; o++ {
			u.beside |= sideOf(&a.origins[o])
		}
	}
}

// spanOf says how long the time is that a mention tells.
func spanOf(m *when.Mention) beside {
	if m.Kind == "document" || m.Kind == "published" {
		return 0
	}
	switch m.Precision {
	case "day", "night":
		return besideDay
	case "week", "part":
		return besideWeek
	case "since":
		return besideSince
	case "campaign":
		return besideCampaign
	case "range", "until":
		return besideLong | besideWeek
	}
	return besideLong
}

func sideOf(m *origins.Mention) beside {
	switch m.ID {
	case "witness", "residents", "relatives", "captives":
		return besideWitness
	case "occupation":
		return besideOccupier
	case "", "anonymous", "official", "person", "expert", "activists", "social", "unnamed-channel", "unnamed-outlet", "document":
		return besideUnnamed
	}
	switch sides()[m.ID] {
	case "ru-state", "ru-proxy", "ru-media":
		return besideOccupier
	}
	return besideUkraine
}

// sides says by the ID of a body on whose side it speaks.
var sides = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, b := range origins.Register() {
		out[b.ID] = b.Side
	}
	return out
})
