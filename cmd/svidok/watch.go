package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

func watchCommand() command {
	flags := func(f *flagSet) {
		f.String("type", "", "")
		f.String("name", "", "")
		f.Duration("every", 0, "")
		f.String("take", "", "")
		f.String("select", "", "")
		f.String("grade", "", "")
		f.String("reason", "", "")
		f.StringSlice("language", nil, "")
		f.String("persona", "", "")
		f.String("id", "", "")
		f.Bool("off", false, "")
		f.String("as", "", "")
	}
	return command{name: "watch", flags: flags, least: 1, most: 2, run: func(ctx context.Context, c *call) error {
		if len(c.args) < 2 && c.value("id") == "" {
			return usage(c.say, watchCommand(), c.say.s("too-few"))
		}
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.watch(ctx, a) })
	}}
}

func (c *call) watch(ctx context.Context, a *archive.Archive) error {
	by, err := c.signIn(ctx, a)
	if err != nil {
		return err
	}
	every, _ := c.flags.GetDuration("every")
	off, _ := c.flags.GetBool("off")
	languages, _ := c.flags.GetStringSlice("language")
	w := archive.Watched{ID: c.value("id"), Name: c.value("name"), Type: evidence.SourceType(c.value("type")), Every: every, Take: c.value("take"), Select: c.value("select"),
		Grade: c.value("grade"), Reason: c.value("reason"), Languages: languages, Persona: c.value("persona"), Off: off}
	if len(c.args) > 1 {
		w.Address = c.args[1]
	}
	if w.ID == "" && w.Type == "" {
		w.Type = guess(w.Address)
	}
	if w.Type == evidence.SourceFolder {
		if w.Address, err = filepath.Abs(w.Address); err != nil {
			return fmt.Errorf("folder %s: %w", c.args[1], err)
		}
		if info, err := os.Stat(w.Address); err != nil || !info.IsDir() {
			return evidence.WithHint(fmt.Errorf("folder %s: %w", c.args[1], evidence.ErrNotFound), "%s", c.say.s("watch-type-hint"))
		}
	}
	s, err := a.Keeping().Watch(ctx, by, w)
	if err != nil {
		return err
	}
	if known, err := a.Catalog().Source(ctx, s.ID); err == nil {
		return c.sourceRow(c.rows(), known)
	}
	return c.sourceRow(c.rows(), catalog.Source{Source: s})
}

// guess takes the type of a source from its address.
func guess(address string) evidence.SourceType {
	low := strings.ToLower(address)
	host := low
	for _, p := range []string{"https://", "http://", "www."} {
		host = strings.TrimPrefix(host, p)
	}
	switch {
	case strings.HasPrefix(host, "t.me/"), strings.HasPrefix(host, "telegram.me/"), strings.HasPrefix(low, "@"):
		return evidence.SourceTelegram
	case !strings.Contains(low, "://"):
		return evidence.SourceFolder
	case strings.Contains(low, "sitemap"):
		return evidence.SourceSitemap
	case strings.Contains(low, "rss"), strings.Contains(low, "feed"), strings.Contains(low, "atom"), strings.HasSuffix(low, ".xml"), strings.HasSuffix(low, ".json"):
		return evidence.SourceFeed
	}
	return evidence.SourcePage
}

func sourcesCommand() command {
	return command{name: "sources", least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			list, err := a.Catalog().Sources(ctx)
			if err != nil {
				return err
			}
			out := c.rows()
			for _, s := range list {
				if err := c.sourceRow(out, s); err != nil {
					return err
				}
			}
			if len(list) == 0 {
				c.words("none-sources")
			}
			return nil
		})
	}}
}

func (c *call) sourceRow(out *rows, s catalog.Source) error {
	row := struct {
		ID        string                `json:"id"`
		Name      string                `json:"name"`
		Type      evidence.SourceType   `json:"type"`
		Address   string                `json:"address,omitempty"`
		Languages []string              `json:"languages,omitempty"`
		Every     int64                 `json:"every"`
		Take      string                `json:"take"`
		Grade     string                `json:"grade"`
		Active    bool                  `json:"active"`
		Items     int                   `json:"items"`
		Changed   int                   `json:"changed"`
		Gone      int                   `json:"gone"`
		Visited   time.Time             `json:"visited,omitzero"`
		Outcome   evidence.VisitOutcome `json:"outcome,omitempty"`
		Why       string                `json:"why,omitempty"`
		Failures  int                   `json:"failures"`
	}{s.ID, s.Name, s.Type, s.Address, s.Languages, s.Every, s.Take, s.Grade, s.Active, s.Items, s.Changed, s.Gone, s.Last.Ended, s.Last.Outcome, s.Last.Why, s.Failures}
	state := c.say.s("active")
	if !s.Active {
		state = c.say.s("inactive")
	}
	words := c.say.s("source-" + string(s.Type))
	last := c.say.s("never-visited")
	if !s.Last.Ended.IsZero() {
		last = s.Last.Ended.Format("2006-01-02 15:04") + " " + c.say.s("outcome-"+string(s.Last.Outcome))
	}
	return out.put(row, "%s  %s  %-9s %s  %s · %s · %s", s.ID, s.Grade, state, s.Name, words, last, c.say.f("source-items", s.Items, s.Changed, s.Gone))
}

func settingsCommand() command {
	flags := func(f *flagSet) {
		f.StringSlice("authority", nil, "")
		f.String("roots", "", "")
		f.StringSlice("witness", nil, "")
		f.Int("quorum", 0, "")
		f.Bool("robots", true, "")
		f.Duration("pace", 0, "")
		f.String("proxy", "", "")
		f.StringSlice("allow", nil, "")
		f.String("outgoing", "", "")
		f.Duration("sweep", 0, "")
		f.Bool("viewing", false, "")
		f.String("as", "", "")
	}
	return command{name: "settings", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error { return c.settings(ctx, a) })
	}}
}

// settings changes what flags name, and shows those in force.
func (c *call) settings(ctx context.Context, a *archive.Archive) error {
	s, err := a.Keeping().Settings(ctx)
	if err != nil {
		return err
	}
	changed := false
	for _, name := range []string{"authority", "roots", "witness", "quorum", "robots", "pace", "proxy", "allow", "outgoing", "sweep", "viewing"} {
		changed = changed || c.flags.Changed(name)
	}
	if changed {
		by, err := c.signIn(ctx, a)
		if err != nil {
			return err
		}
		roots, err := c.change(&s)
		if err == nil {
			err = a.Keeping().Set(ctx, by, s, roots)
		}
		if err != nil {
			return err
		}
	}
	if len(s.Authorities) == 1 {
		c.words("one-authority")
	}
	return c.rows().put(s, c.say.s("settings"), strings.Join(s.Authorities, " "), len(s.Witnesses), s.Quorum, s.Robots, s.Pace, s.Proxy, strings.Join(s.Allow, " "), s.Outgoing, s.Sweep/3600, s.Viewing)
}

func (c *call) change(s *evidence.Settings) (roots []byte, err error) {
	if c.flags.Changed("authority") {
		s.Authorities, _ = c.flags.GetStringSlice("authority")
	}
	if c.flags.Changed("witness") {
		list, _ := c.flags.GetStringSlice("witness")
		s.Witnesses = nil
		for _, w := range list {
			key, address, _ := strings.Cut(w, "=http")
			if address != "" {
				address = "http" + address
			}
			s.Witnesses = append(s.Witnesses, evidence.Witness{Key: key, Address: address})
		}
		s.Quorum = min(max(s.Quorum, 1), len(s.Witnesses))
	}
	if c.flags.Changed("quorum") {
		s.Quorum, _ = c.flags.GetInt("quorum")
	}
	if c.flags.Changed("robots") {
		s.Robots, _ = c.flags.GetBool("robots")
	}
	if c.flags.Changed("allow") {
		s.Allow, _ = c.flags.GetStringSlice("allow")
	}
	if c.flags.Changed("proxy") {
		s.Proxy = c.value("proxy")
	}
	if c.flags.Changed("outgoing") {
		s.Outgoing = c.value("outgoing")
	}
	if c.flags.Changed("pace") {
		d, _ := c.flags.GetDuration("pace")
		s.Pace = d.Milliseconds()
	}
	if c.flags.Changed("sweep") {
		d, _ := c.flags.GetDuration("sweep")
		if d%time.Hour != 0 || d < 0 {
			return nil, usage(c.say, settingsCommand(), c.say.s("sweep-hours"))
		}
		s.Sweep = int64(d.Seconds())
	}
	if c.flags.Changed("viewing") {
		s.Viewing, _ = c.flags.GetBool("viewing")
	}
	if c.value("roots") == "" {
		return nil, nil
	}
	if roots, err = os.ReadFile(c.value("roots")); err != nil {
		return nil, fmt.Errorf("read the certificates: %w: %w", evidence.ErrNotFound, err)
	}
	return roots, nil
}

func searchCommand() command {
	flags := func(f *flagSet) {
		f.String("where", "", "")
		f.String("query", "", "")
		f.Int("found", 0, "")
		f.String("remarks", "", "")
		f.String("as", "", "")
	}
	return command{name: "search", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			if c.value("query") != "" || c.value("where") != "" {
				by, err := c.signIn(ctx, a)
				if err != nil {
					return err
				}
				if !c.flags.Changed("found") { // that nothing was found is something to say, and not to forget
					return usage(c.say, searchCommand(), c.say.s("search-found"))
				}
				found, _ := c.flags.GetInt("found")
				if err := a.Keeping().LogSearch(ctx, by, archive.Searched{Where: c.value("where"), Query: c.value("query"), Remarks: c.value("remarks"), Found: found}); err != nil {
					return err
				}
			}
			return c.searches(ctx, a)
		})
	}}
}

// searches lists the search log, newest first.
func (c *call) searches(ctx context.Context, a *archive.Archive) error {
	out := c.rows()
	n := 0
	for before := int64(0); ; {
		list, err := a.Catalog().Searches(ctx, before, 200)
		if err != nil {
			return err
		}
		for _, s := range list {
			query, err := a.Keeping().Words(ctx, s.Query)
			if err != nil {
				return err
			}
			row := struct {
				Position int64     `json:"position"`
				At       time.Time `json:"at"`
				By       string    `json:"by"`
				Where    string    `json:"where"`
				Query    string    `json:"query"`
				Found    int       `json:"found"`
			}{s.Position, s.At, s.By, s.Where, query, s.Found}
			n++
			if err := out.put(row, "%s  %s: %s → %d", s.At.Format("2006-01-02 15:04"), s.Where, query, s.Found); err != nil {
				return err
			}
			before = s.Position
		}
		if len(list) == 0 {
			break
		}
	}
	if n == 0 {
		c.words("none-searches")
	}
	return nil
}
