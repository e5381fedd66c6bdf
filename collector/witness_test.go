package collector_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/archive"
	"svidok/dossier"
	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

// witnessOf starts a witness that knows the case.
func witnessOf(t *testing.T, b *bench) (evidence.Witness, *httptest.Server) {
	t.Helper()
	cosigner, err := proof.NewCosigner("synthetic.example/witness", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	key, err := note.NewVerifier(b.Keeping().Key())
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.New(witness.Options{Cosigner: cosigner, Logs: []witness.Log{{Origin: key.Name(), Key: key}}, Store: &witness.Memory{}, Now: b.Now, Forked: func(witness.Fork) {}})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(witness.Handler(w))
	t.Cleanup(s.Close)
	return evidence.Witness{Key: cosigner.Key().String(), Address: s.URL}, s
}

func TestWitnessCatchesARollback(t *testing.T) {
	b := newBench(t)
	w, _ := witnessOf(t, b)
	c := b.collector(t, evidence.Settings{Witnesses: []evidence.Witness{w}, Quorum: 1})
	old := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(old, os.DirFS(b.dir+"/case")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := b.Keeping().LogSearch(t.Context(), "", archive.Searched{Where: "x", Query: "y"}); err != nil {
			t.Fatal(err)
		}
		if err := c.Vouch(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		b.Sleep(t.Context(), time.Hour)
	}
	v, err := b.Keeping().Vouched(t.Context())
	if err != nil || v.Cosigned == 0 || len(v.Refused) > 0 {
		t.Fatalf("%+v %v", v, err)
	}
	asked, err := b.Catalog().Cosignatures(t.Context(), 100)
	if err != nil || len(asked) != 3 {
		t.Errorf("%d cosignatures, %v", len(asked), err)
	}
	if err := c.Vouch(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if again, _ := b.Catalog().Cosignatures(t.Context(), 100); len(again) != 3 {
		t.Error("asked for nothing")
	}
	// The case of before comes back, with its key, and goes on in another way.
	back := &bench{clock: b.clock}
	if back.Archive, err = archive.Open(t.Context(), old, archive.Options{Now: b.Now, Tool: "svidok/test"}); err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if err := back.Keeping().LogSearch(t.Context(), "", archive.Searched{Where: "another", Query: "history"}); err != nil {
		t.Fatal(err)
	}
	err = back.collector(t, evidence.Settings{Witnesses: []evidence.Witness{w}, Quorum: 1}).Vouch(t.Context(), true)
	if !errors.Is(err, witness.ErrForked) {
		t.Errorf("a case that was put back: %v", err)
	}
	if v, err := back.Keeping().Vouched(t.Context()); err != nil || len(v.Refused) != 1 {
		t.Errorf("the contradiction is not kept: %+v %v", v, err)
	}
	if list := verified(t, old, "witness"); len(list) != 1 || list[0].Status != dossier.Failed {
		t.Errorf("the verifier says %+v", list)
	}
	if list := verified(t, b.dir+"/case", "witness", w.Key); len(list) != 1 || list[0].Status != dossier.OK {
		t.Errorf("the verifier says %+v", list)
	}
}

// verified gives what the verifier says under a name.
func verified(t *testing.T, dir, name string, witnesses ...string) (out []dossier.Check) {
	t.Helper()
	for c := range dossier.Verify(t.Context(), os.DirFS(dir), dossier.Options{Witnesses: witnesses}) {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

// Two processes ask about one case: what the other wrote and had cosigned meanwhile is no other history.
func TestTwoProcessesAskOneWitness(t *testing.T) {
	b := newBench(t)
	w, s := witnessOf(t, b)
	second, err := archive.Open(t.Context(), b.dir+"/case", archive.Options{Now: b.Now, Tool: "svidok/test"})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	other := &bench{clock: b.clock, Archive: second}
	var meanwhile sync.Once
	slow := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		meanwhile.Do(func() {
			if err := other.Keeping().LogSearch(t.Context(), "", archive.Searched{Where: "x", Query: "y"}); err != nil {
				t.Error(err)
			}
			if err := other.collector(t, evidence.Settings{Witnesses: []evidence.Witness{w}, Quorum: 1}).Vouch(t.Context(), true); err != nil {
				t.Error(err)
			}
		})
		s.Config.Handler.ServeHTTP(rw, r)
	}))
	defer slow.Close()
	through := evidence.Witness{Key: w.Key, Address: slow.URL}
	if err := b.collector(t, evidence.Settings{Witnesses: []evidence.Witness{through}, Quorum: 1}).Vouch(t.Context(), true); err != nil {
		t.Errorf("a case that another process wrote to: %v", err)
	}
	if v, err := b.Keeping().Vouched(t.Context()); err != nil || len(v.Refused) != 0 || v.Cosigned == 0 {
		t.Errorf("%+v %v", v, err)
	}
}
