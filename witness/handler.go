package witness

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"svidok/evidence"
)

const (
	// AddPath is where checkpoints are submitted, below the address of a witness.
	AddPath  = "add-checkpoint"
	sizeType = "text/x.tlog.size"
	textType = "text/plain; charset=utf-8"
	perSec   = 20  // requests in the long run
	burst    = 200 // and at once
)

// Handler serves a witness over HTTP: POST /add-checkpoint, and GET /HASH/checkpoint where
// HASH is [OriginHash]. It takes 20 requests a second from all together. Answers say in
// plain words what was wrong; nothing of who asks is kept.
func Handler(w *Witness) http.Handler {
	limit := &bucket{now: w.o.Now, left: burst}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /"+AddPath, func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			err = fmt.Errorf("a submission of more than %d bytes: %w", maxBody, evidence.ErrLimit)
		} else if err != nil {
			err = fmt.Errorf("the request broke off: %w", errUnread)
		}
		var line []byte
		if err == nil {
			line, err = w.Add(r.Context(), body)
		}
		answer(rw, line, err)
	})
	mux.HandleFunc("GET /{hash}/checkpoint", func(rw http.ResponseWriter, r *http.Request) {
		signed, err := w.Latest(r.Context(), r.PathValue("hash"))
		answer(rw, signed, err)
	})
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !limit.take() {
			rw.Header().Set("Retry-After", "10")
			http.Error(rw, "too many requests", http.StatusTooManyRequests)
			return
		}
		mux.ServeHTTP(rw, r)
	})
}

func answer(rw http.ResponseWriter, body []byte, err error) {
	rw.Header().Set("X-Content-Type-Options", "nosniff")
	rw.Header().Set("Cache-Control", "no-store")
	if c, ok := errors.AsType[*Conflict](err); ok {
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		body = []byte(strconv.FormatInt(c.Known, 10) + "\n")
	} else if err != nil {
		status, words := statusOf(err)
		http.Error(rw, words, status)
		return
	} else {
		rw.Header().Set("Content-Type", textType)
	}
	_, _ = rw.Write(body) // whoever asked has gone: they ask again
}

// statusOf gives the status of c2sp.org/tlog-witness, and words that say nothing of this
// machine.
func statusOf(err error) (int, string) {
	switch {
	case errors.Is(err, errMemory):
		return http.StatusInternalServerError, errMemory.Error()
	case errors.Is(err, ErrUnknownLog), errors.Is(err, evidence.ErrNotFound):
		return http.StatusNotFound, err.Error()
	case errors.Is(err, ErrUnsigned):
		return http.StatusForbidden, err.Error()
	case errors.Is(err, ErrForked), errors.Is(err, errUnfit):
		return http.StatusUnprocessableEntity, err.Error()
	case errors.Is(err, evidence.ErrLimit):
		return http.StatusRequestEntityTooLarge, err.Error()
	case errors.Is(err, evidence.ErrFormat):
		return http.StatusBadRequest, err.Error()
	case errors.Is(err, evidence.ErrBusy):
		return http.StatusServiceUnavailable, err.Error()
	}
	return http.StatusInternalServerError, "the witness fails"
}

// bucket lets so many requests through.
type bucket struct {
	mu   sync.Mutex
	now  func() time.Time
	left float64
	last time.Time
}

func (b *bucket) take() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if gone := now.Sub(b.last).Seconds(); gone > 0 {
		b.left = min(burst, b.left+gone*perSec)
	}
	b.last = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
