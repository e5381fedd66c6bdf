package places

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

func TestGazetteerIsATree(t *testing.T) {
	g := Default()
	count := map[Level]int{}
	for i := range g.Len() {
		p := g.At(i)
		count[p.Level]++
		if k, ok := g.Lookup(p.ID); !ok || k != i || p.Index != i || len(p.ID) != 19 {
			t.Fatalf("place %d %q is not found by its code", i, p.ID)
		}
		if p.Uk == "" || p.Ru == "" || p.En == "" {
			t.Errorf("%s has no name in uk, ru or en: %q %q %q", p.ID, p.Uk, p.Ru, p.En)
		}
		if top := p.Level == LevelOblast || p.Level == LevelSpecialCity; top != (p.Parent < 0) {
			t.Errorf("%s %s: parent %d", p.ID, p.Level, p.Parent)
		}
		if p.Parent >= 0 && (p.Parent >= i || !g.Within(i, p.Parent) || depth(g.Level(p.Parent)) >= depth(p.Level)) {
			t.Errorf("%s does not lie in its parent %s", p.ID, g.ID(p.Parent))
		}
		if p.HasPoint && (p.Lat < 44.3 || p.Lat > 52.4 || p.Lon < 22 || p.Lon > 40.3) {
			t.Errorf("%s %s lies at %f %f", p.ID, p.Uk, p.Lat, p.Lon)
		}
	}
	for l, want := range map[Level]int{LevelOblast: 25, LevelSpecialCity: 2, LevelRaion: 136, LevelHromada: 1772, LevelCity: 461, LevelSettlement: 2007, LevelVillage: 27237, LevelCityDistrict: 108} {
		if count[l] != want {
			t.Errorf("%s: %d, want %d", l, count[l], want)
		}
	}
	if p := g.At(-1); p.Index != -1 || g.At(1<<30).Index != -1 {
		t.Error("a place that is not there")
	}
}

func TestNames(t *testing.T) {
	g := Default()
	for _, c := range []struct {
		oblast, name string
		want         []string
		old          []string
	}{
		{"UA44", "Довжанськ", []string{"Должанск", "Dovzhansk"}, []string{"Свердловськ", "Свердловск"}},
		{"UA44", "Сорокине", []string{"Сорокино"}, []string{"Краснодон"}},
		{"UA44", "Сокологірськ", []string{"Sokolohirsk"}, []string{"Первомайськ", "Первомайск"}},
		{"UA44", "Сіверськодонецьк", []string{"Severodonetsk", "Sievierodonetsk"}, []string{"Сєвєродонецьк"}},
		{"UA14", "Бахмут", []string{"Бахмут"}, []string{"Артёмовск", "Артемівськ"}},
		{"UA14", "Чистякове", []string{"Чистяково"}, []string{"Торез"}},
		{"UA14", "Горлівка", []string{"Горловка", "Horlivka", "Gorlovka"}, nil},
		{"UA23", "Мелітополь", []string{"Мелитополь", "Melitopol"}, nil},
		{"UA23", "Енергодар", []string{"Энергодар", "Energodar", "Enerhodar"}, nil},
		{"UA65", "Генічеськ", []string{"Геническ", "Genichesk", "Henichesk"}, nil},
		{"UA65", "Нижні Сірогози", []string{"Нижние Серогозы", "Nyzhni Sirohozy"}, nil},
		{"UA01", "Яни Капу", nil, []string{"Красноперекопск"}},
		{"UA80", "Київ", []string{"Киев", "Kyiv", "Kiev"}, nil},
		{"UA12", "Дніпро", []string{"Днепр"}, []string{"Днепропетровск"}},
		{"UA59", "Хутір-Михайлівський", nil, []string{"Дружба"}},
	} {
		i := find(t, g, c.oblast, c.name)
		names := g.Names(i)
		for _, w := range c.want {
			if !slices.ContainsFunc(names, func(n Name) bool { return n.Text == w && !n.Old }) {
				t.Errorf("%s is not known as %s: %v", c.name, w, names)
			}
		}
		for _, w := range c.old {
			if !slices.ContainsFunc(names, func(n Name) bool { return n.Text == w && n.Old }) {
				t.Errorf("%s was not known as %s: %v", c.name, w, names)
			}
		}
	}
}

func TestRomanise(t *testing.T) {
	for uk, want := range map[string]string{"Згорани": "Zghorany", "Єнакієве": "Yenakiieve", "Юр’ївка": "Yurivka", "Щастя": "Shchastia", "Яким-Їжак": "Yakym-Yizhak", "": "", "Kyiv": "Kyiv"} {
		if got := Romanise(uk); got != want {
			t.Errorf("%s: %s, want %s", uk, got, want)
		}
	}
	for ru, want := range map[string]string{"Снежное": "Snezhnoye", "Енакиево": "Yenakiyevo", "Красный Луч": "Krasny Luch", "Первомайский": "Pervomaysky", "Щёлкино": "Shchyolkino"} {
		if got := RomaniseRussian(ru); got != want {
			t.Errorf("%s: %s, want %s", ru, got, want)
		}
	}
}

func TestOldRaions(t *testing.T) {
	g := Default()
	for name, want := range map[string]string{"Новоазовський": "Кальміуський", "Тельманівський": "Кальміуський", "Якимівський": "Мелітопольський", "Троїцький": "Сватівський", "Марківський": "Старобільський", "Краснодонський": "Довжанський"} {
		k := slices.IndexFunc(g.OldRaions(), func(r OldRaion) bool { return r.Uk == name })
		if k < 0 {
			t.Errorf("no old raion %s", name)
			continue
		}
		r := g.OldRaions()[k]
		if g.Uk(r.Into[0]) != want || g.Oblast(r.Into[0]) != r.Oblast || r.Ru == "" {
			t.Errorf("%s went to %s", name, g.Full(r.Into[0]))
		}
	}
}

func TestRanks(t *testing.T) {
	g := Default()
	for name, want := range map[string]int{"Донецьк": 5, "Київ": 5, "Мелітополь": 4, "Старобільськ": 4, "Сіверськодонецьк": 4, "Кропивницький": 5, "Самар": 4, "Звягель": 4, "Сімферополь": 5, "Яни Капу": 3, "Енергодар": 3, "Чаплинка": 2} {
		best := 0
		for i := range g.Len() {
			if p := g.At(i); p.Uk == name && p.Level != LevelOblast {
				best = max(best, p.Rank)
			}
		}
		if best != want {
			t.Errorf("%s: rank %d, want %d", name, best, want)
		}
	}
}

func TestAreasHaveAPoint(t *testing.T) {
	g := Default()
	for i := range g.Len() {
		if p := g.At(i); (p.Level == LevelOblast || p.Level == LevelRaion) && !p.HasPoint {
			t.Logf("%s has no point", g.Full(i))
			if p.Level == LevelOblast {
				t.Fail()
			}
		}
	}
}

// What it costs to have it: decoded once, in well under a tenth of a second and 60 MB.
func TestDecodingIsCheap(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	g := decodeGazetteer()
	took := time.Since(start)
	runtime.GC()
	runtime.ReadMemStats(&after)
	heap := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d places in %v, heap %d KB", g.Len(), took, heap>>10)
	if took > 2*time.Second || heap > 60<<20 {
		t.Errorf("decoding took %v and %d bytes", took, heap)
	}
	runtime.KeepAlive(g)
}
