package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

const (
	sessionCookie  = "svidok"
	languageCookie = "language"
	maxSessions    = 10_000
)

// flash is a message shown once, on the next page.
type flash struct {
	Kind  string // done, warning, failed
	Text  string
	Lines []string // one thing each, where some of it failed
	Link  string   // address of the thing, "" if there is none
}

// session is somebody signed in at one browser.
type session struct {
	account string // ID
	seen    time.Time
	flashes []flash
	given   []receiptView  // receipts of the last delivery
	viewed  map[int64]bool // reports whose original may be seen: the reason was given
}

// sessions holds who is signed in, in memory only: a restart signs everybody out. Tokens
// are kept as their SHA-256, so that a memory dump opens no session.
type sessions struct {
	now  func() time.Time
	idle time.Duration

	mu   sync.Mutex
	held map[[sha256.Size]byte]*session
}

func newSessions(now func() time.Time, idle time.Duration) *sessions {
	return &sessions{now: now, idle: idle, held: map[[sha256.Size]byte]*session{}}
}

// begin returns the token of a new session.
func (s *sessions) begin(account string) string {
	var b [32]byte
	rand.Read(b[:]) // never fails: the runtime ends the program instead
	token := base64.RawURLEncoding.EncodeToString(b[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.held) >= maxSessions {
		s.sweep(now)
	}
	s.held[sha256.Sum256([]byte(token))] = &session{account: account, seen: now}
	return token
}

// sweep forgets idle sessions, and if that is not enough the one longest unseen.
func (s *sessions) sweep(now time.Time) {
	var oldest [sha256.Size]byte
	first := true
	for k, v := range s.held {
		if now.Sub(v.seen) > s.idle {
			delete(s.held, k)
		} else if first || v.seen.Before(s.held[oldest].seen) {
			oldest, first = k, false
		}
	}
	if len(s.held) >= maxSessions {
		delete(s.held, oldest)
	}
}

// of returns the account and the key of the request's session, "" if it has none.
func (s *sessions) of(r *http.Request) (string, [sha256.Size]byte) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", [sha256.Size]byte{}
	}
	key := sha256.Sum256([]byte(c.Value))
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.held[key]
	if v == nil {
		return "", key
	}
	now := s.now()
	if now.Sub(v.seen) > s.idle {
		delete(s.held, key)
		return "", key
	}
	v.seen = now
	return v.account, key
}

func (s *sessions) end(key [sha256.Size]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, key)
}

// leave puts something into the session for the next page.
func (s *sessions) leave(key [sha256.Size]byte, put func(*session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.held[key]; v != nil {
		put(v)
	}
}

// take returns the messages left for this page and forgets them.
func (s *sessions) take(key [sha256.Size]byte) []flash {
	var out []flash
	s.leave(key, func(v *session) { out, v.flashes = v.flashes, nil })
	return out
}

// limiter lets through so many tries at once, and one more for each interval.
type limiter struct {
	now      func() time.Time
	burst    int
	interval time.Duration

	mu   sync.Mutex
	next map[string]time.Time // when all tries of a key will be given back
}

const maxLimited = 50_000

func newLimiter(now func() time.Time, burst int, interval time.Duration) *limiter {
	return &limiter{now: now, burst: burst, interval: interval, next: map[string]time.Time{}}
}

// take takes one try from the key and returns 0, or, if none is left, how long to wait. A
// try is taken before it is known whether it succeeds, so that many at once gain nothing.
func (l *limiter) take(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	at := l.next[key]
	if at.Before(now) {
		at = now
	}
	if wait := at.Sub(now) - time.Duration(l.burst-1)*l.interval; wait > 0 {
		return wait
	}
	if len(l.next) >= maxLimited {
		l.sweep(now)
	}
	l.next[key] = at.Add(l.interval)
	return 0
}

func (l *limiter) sweep(now time.Time) {
	for k, t := range l.next {
		if !t.After(now) {
			delete(l.next, k)
		}
	}
	if len(l.next) >= maxLimited {
		clear(l.next) // an attack from everywhere: forget rather than grow
	}
}

// giveBack returns a try that succeeded.
func (l *limiter) giveBack(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ok := l.next[key]; ok {
		l.next[key] = at.Add(-l.interval)
	}
}

func setCookie(w http.ResponseWriter, r *http.Request, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode})
}
