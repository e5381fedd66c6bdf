package archive

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

// Watched makes or changes a source, as a person asks for it.
type Watched struct {
	ID        string // empty: a new one
	Name      string // empty: its address
	Type      evidence.SourceType
	Address   string // of a folder its path on this machine, which only a private object holds
	Languages []string
	Every     time.Duration // between visits; 0: an hour
	Take      string        // empty: what its type usually needs
	Select    string
	Grade     string // A to F; empty: F, cannot be judged
	Reason    string // for the grade
	Persona   string // as whom it is read
	Off       bool
}

const (
	leastEvery = time.Minute
	mostEvery  = 90 * 24 * time.Hour
)

// Watch makes a source, or changes one, and returns it.
func (k Keeping) Watch(ctx context.Context, by string, w Watched) (evidence.Source, error) {
	s, n, err := k.watched(ctx, by, w)
	if err != nil {
		return evidence.Source{}, fmt.Errorf("watch: %w", err)
	}
	n.Records = func(f Facts) ([]any, error) {
		s.At, s.By = f.At, f.By
		return []any{s}, nil
	}
	if _, err := k.a.Note(ctx, n); err != nil {
		return evidence.Source{}, fmt.Errorf("watch: %w", err)
	}
	return s, nil
}

func (k Keeping) watched(ctx context.Context, by string, w Watched) (evidence.Source, Noting, error) {
	s := evidence.Source{V: 1, Kind: evidence.KindSource, ID: w.ID, Name: line(w.Name), Type: w.Type, Address: strings.TrimSpace(valid(w.Address)), Languages: w.Languages,
		Every: int64(w.Every / time.Second), Take: w.Take, Select: line(w.Select), Grade: w.Grade, Active: !w.Off}
	n := Noting{By: by}
	if err := k.known(ctx, &s, w, &n); err != nil {
		return s, n, err
	}
	private := evidence.Private{Persona: line(w.Persona)}
	if s.Type == evidence.SourceFolder {
		if w.Address != "" && !filepath.IsAbs(w.Address) {
			return s, n, fmt.Errorf("the folder %q: want its whole path: %w", w.Address, evidence.ErrUsage)
		}
		private.Path, s.Address = w.Address, ""
		if s.Name == "" {
			s.Name = filepath.Base(w.Address)
		}
	}
	if err := fill(&s); err != nil {
		return s, n, err
	}
	if s.Grade != "F" && s.Reason.IsZero() && strings.TrimSpace(valid(w.Reason)) == "" {
		return s, n, evidence.WithHint(fmt.Errorf("grade %s without a reason: %w", s.Grade, evidence.ErrUsage), "say in a sentence why it deserves this grade")
	}
	if private != (evidence.Private{}) {
		var err error
		if private.Nonce, err = k.a.nonce(); err != nil {
			return s, n, err
		}
		if s.Private, err = n.object(private); err != nil {
			return s, n, err
		}
	}
	if reason := strings.TrimSpace(valid(w.Reason)); reason != "" {
		var err error
		if s.Reason, err = k.a.words(&n, reason); err != nil {
			return s, n, err
		}
	}
	return s, n, nil
}

// known gives a new source its ID, and an old one what the change leaves as it was.
func (k Keeping) known(ctx context.Context, s *evidence.Source, w Watched, n *Noting) error {
	if w.ID == "" {
		id, err := k.a.nonce()
		s.ID = "s:" + id
		if err != nil {
			return err
		}
		list, err := k.a.cat.Sources(ctx)
		for _, x := range list {
			if x.Type == s.Type && x.Address == s.Address && s.Address != "" && x.Active {
				return fmt.Errorf("%s is watched already, as %q: %w", s.Address, x.Name, evidence.ErrRefused)
			}
		}
		return err
	}
	old, err := k.a.cat.Source(ctx, w.ID)
	if err != nil {
		return err
	}
	s.Previous = old.Ref
	s.Type = old.Type
	for _, f := range []struct{ now, was *string }{{&s.Name, &old.Name}, {&s.Address, &old.Address}, {&s.Take, &old.Take}, {&s.Select, &old.Select}, {&s.Grade, &old.Grade}} {
		if *f.now == "" {
			*f.now = *f.was
		}
	}
	if len(s.Languages) == 0 {
		s.Languages = old.Languages
	}
	if s.Every == 0 {
		s.Every = old.Every
	}
	if w.Address == "" && w.Persona == "" {
		s.Private = old.Private
	}
	if w.Reason == "" && s.Grade == old.Grade {
		s.Reason = old.Reason
	}
	ref := old.Ref
	n.Check = func(ctx context.Context) error { // somebody else may have changed it meanwhile
		now, err := k.a.cat.Source(ctx, w.ID)
		if err == nil && now.Ref != ref {
			err = evidence.WithHint(fmt.Errorf("somebody changed this source meanwhile: %w", evidence.ErrRefused), "look at it again")
		}
		return err
	}
	return nil
}

// fill checks a source and gives it what its type usually needs.
func fill(s *evidence.Source) error {
	if !slices.Contains(evidence.SourceTypes(), s.Type) {
		return fmt.Errorf("a source of type %q: want one of %v: %w", s.Type, evidence.SourceTypes(), evidence.ErrUsage)
	}
	if s.Type != evidence.SourceFolder {
		if err := checkAddress(s); err != nil {
			return err
		}
	}
	if s.Name == "" {
		s.Name = s.Address
	}
	if s.Every == 0 {
		s.Every = int64(time.Hour / time.Second)
	}
	if every := time.Duration(s.Every) * time.Second; every < leastEvery || every > mostEvery {
		return fmt.Errorf("a visit every %v: want %v to %v: %w", every, leastEvery, mostEvery, evidence.ErrUsage)
	}
	if s.Take == "" {
		s.Take = evidence.TakePage
		if s.Type == evidence.SourceTelegram || s.Type == evidence.SourceFolder {
			s.Take = evidence.TakeListing
		}
	}
	if !slices.Contains([]string{evidence.TakeListing, evidence.TakePage, evidence.TakeSeen}, s.Take) {
		return fmt.Errorf("to take %q: want listing, page or seen: %w", s.Take, evidence.ErrUsage)
	}
	if s.Grade == "" {
		s.Grade = "F"
	}
	if len(s.Grade) != 1 || !strings.Contains("ABCDEF", s.Grade) {
		return fmt.Errorf("grade %q: want A (reliable) to E, or F (cannot be judged): %w", s.Grade, evidence.ErrUsage)
	}
	for _, l := range s.Languages {
		if !slices.Contains([]string{"uk", "ru", "en"}, l) {
			return fmt.Errorf("language %q: want uk, ru or en: %w", l, evidence.ErrUsage)
		}
	}
	if s.Type != evidence.SourceList && s.Select != "" {
		if _, err := regexp.Compile(s.Select); err != nil {
			return fmt.Errorf("what to select, %q: no regular expression: %w", s.Select, evidence.ErrUsage)
		}
	}
	return nil
}

// checkAddress wants an address of the web, and makes that of a channel's preview.
func checkAddress(s *evidence.Source) error {
	if s.Type == evidence.SourceTelegram {
		s.Address = previewAddress(s.Address)
	}
	u, err := url.Parse(s.Address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return evidence.WithHint(fmt.Errorf("address %q: want http:// or https://: %w", s.Address, evidence.ErrUsage), "write the whole address, as the browser shows it")
	}
	if u.User != nil {
		return fmt.Errorf("the address holds a name or password, which records must not: %w", evidence.ErrRefused)
	}
	return nil
}

// previewAddress makes https://t.me/s/NAME of @NAME, t.me/NAME and the like.
func previewAddress(s string) string {
	name := s
	for _, prefix := range []string{"https://", "http://", "www.", "t.me/", "telegram.me/", "s/", "@"} {
		name = strings.TrimPrefix(name, prefix)
	}
	name = strings.TrimSuffix(name, "/")
	if regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{3,63}$`).MatchString(name) {
		return "https://t.me/s/" + name
	}
	return s // a test's own server, or wrong: judged as an address
}

// object adds an object to a Noting and returns its name.
func (n *Noting) object(v any) (evidence.Hash, error) {
	b, err := evidence.Encode(v)
	if err != nil {
		return evidence.Hash{}, err
	}
	n.Objects = append(n.Objects, NotedObject{MediaType: mediaRecord, Data: b})
	return evidence.Sum(b), nil
}

// words adds what a person wrote to a Noting, as an object of its own.
func (a *Archive) words(n *Noting, words string) (evidence.Hash, error) {
	if len(words) > maxReason {
		return evidence.Hash{}, fmt.Errorf("%d bytes of words, at most %d: %w", len(words), maxReason, evidence.ErrUsage)
	}
	nonce, err := a.nonce()
	if err != nil {
		return evidence.Hash{}, err
	}
	return n.object(evidence.Reason{Nonce: nonce, Words: words})
}

// Searched is what somebody looked for.
type Searched struct {
	Where, Query, Remarks string
	From, To              time.Time
	Found                 int // 0: nothing
	Kept                  []evidence.Hash
}

// LogSearch notes a search, also one that found nothing.
func (k Keeping) LogSearch(ctx context.Context, by string, s Searched) error {
	where, query := line(s.Where), strings.TrimSpace(valid(s.Query))
	if where == "" || query == "" || s.Found < 0 {
		return fmt.Errorf("log a search: want where it was looked, for what, and how much was found: %w", evidence.ErrUsage)
	}
	n := Noting{By: by}
	r := evidence.Search{V: 1, Kind: evidence.KindSearch, Where: where, From: evidence.Instant(s.From), To: evidence.Instant(s.To), Found: s.Found, Kept: s.Kept}
	var err error
	if r.Query, err = k.a.words(&n, query); err == nil && strings.TrimSpace(s.Remarks) != "" {
		r.Remarks, err = k.a.words(&n, strings.TrimSpace(valid(s.Remarks)))
	}
	if err != nil {
		return fmt.Errorf("log a search: %w", err)
	}
	n.Records = func(f Facts) ([]any, error) {
		r.At, r.By = f.At, f.By
		return []any{r}, nil
	}
	_, err = k.a.Note(ctx, n)
	return err
}

// Words returns what a person wrote, from the object that holds it; "" for none.
func (k Keeping) Words(ctx context.Context, h evidence.Hash) (string, error) {
	if h.IsZero() {
		return "", nil
	}
	b, err := k.a.get(ctx, h)
	if err != nil {
		return "", err
	}
	r, err := evidence.Decode[evidence.Reason](b)
	return r.Words, err
}

// FillIn notes a form.
func (k Keeping) FillIn(ctx context.Context, by string, form evidence.FormName, about []evidence.Hash, fields []evidence.Field) error {
	if !slices.Contains(evidence.FormNames(), form) {
		return fmt.Errorf("fill in %q: want one of %v: %w", form, evidence.FormNames(), evidence.ErrUsage)
	}
	for i := range fields {
		fields[i].Text = strings.TrimSpace(valid(fields[i].Text))
	}
	if !slices.ContainsFunc(fields, func(f evidence.Field) bool { return f.Text != "" }) {
		return fmt.Errorf("fill in %s: nothing is written in it: %w", form, evidence.ErrUsage)
	}
	nonce, err := k.a.nonce()
	if err != nil {
		return fmt.Errorf("fill in %s: %w", form, err)
	}
	n := Noting{By: by}
	h, err := n.object(evidence.Filled{Nonce: nonce, Fields: fields})
	if err != nil {
		return fmt.Errorf("fill in %s: %w", form, err)
	}
	n.Records = func(f Facts) ([]any, error) {
		return []any{evidence.Form{V: 1, Kind: evidence.KindForm, Form: form, About: about, Text: h, By: f.By, At: f.At}}, nil
	}
	_, err = k.a.Note(ctx, n)
	return err
}

// Set puts settings in force. roots are PEM certificates, or nil to keep those in force.
func (k Keeping) Set(ctx context.Context, by string, s evidence.Settings, roots []byte) error {
	s.V, s.Kind = 1, evidence.KindSettings
	if err := checkSettings(&s); err != nil {
		return fmt.Errorf("set: %w", err)
	}
	n := Noting{By: by}
	if roots != nil {
		n.Objects = append(n.Objects, NotedObject{MediaType: "application/x-pem-file", Data: roots})
		s.Roots = evidence.Sum(roots)
	}
	n.Records = func(f Facts) ([]any, error) {
		s.At, s.By = f.At, f.By
		return []any{s}, nil
	}
	_, err := k.a.Note(ctx, n)
	return err
}

// Usual are the settings of a case that none were made for.
func Usual() evidence.Settings {
	return evidence.Settings{V: 1, Kind: evidence.KindSettings, Robots: true, Pace: 2000, Outgoing: "withheld", Sweep: int64(7 * 24 * time.Hour / time.Second)}
}

// Settings returns those in force.
func (k Keeping) Settings(ctx context.Context) (evidence.Settings, error) {
	s, _, ok, err := k.a.cat.Settings(ctx)
	if err == nil && !ok {
		s = Usual()
	}
	return s, err
}

func checkSettings(s *evidence.Settings) error {
	for i, a := range s.Authorities {
		u, err := url.Parse(a)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || slices.Contains(s.Authorities[:i], a) {
			return fmt.Errorf("time-stamp authority %q: want an address, each once: %w", a, evidence.ErrUsage)
		}
	}
	for _, w := range s.Witnesses {
		name, _, _ := strings.Cut(w.Key, "+")
		if name == "" || strings.Count(w.Key, "+") < 2 {
			return fmt.Errorf("witness %q: want its verifier key, NAME+HASH+KEY: %w", w.Key, evidence.ErrUsage)
		}
		if u, err := url.Parse(w.Address); w.Address != "" && (err != nil || u.Host == "") {
			return fmt.Errorf("witness %s: %q is no address: %w", name, w.Address, evidence.ErrUsage)
		}
	}
	for _, a := range s.Allow {
		if _, err := netip.ParsePrefix(a); err != nil {
			return fmt.Errorf("network %q: want one like 192.168.1.0/24: %w", a, evidence.ErrUsage)
		}
	}
	if s.Proxy != "" {
		u, err := url.Parse(s.Proxy)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "socks5", "socks5h"}, u.Scheme) {
			return fmt.Errorf("proxy %q: want http://HOST:PORT or socks5://HOST:PORT: %w", s.Proxy, evidence.ErrUsage)
		}
	}
	if s.Quorum < 0 || s.Quorum > len(s.Witnesses) {
		return fmt.Errorf("a quorum of %d with %d witnesses: %w", s.Quorum, len(s.Witnesses), evidence.ErrUsage)
	}
	if s.Pace < 0 || s.Sweep < 0 {
		return fmt.Errorf("pace and sweep are not negative: %w", evidence.ErrUsage)
	}
	return nil
}
