package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"svidok/evidence"
	"svidok/proof"
	"svidok/vault"
	"svidok/witness"
)

const (
	witnessAddress = "127.0.0.1:8732"
	witnessPrefix  = "svidok.witness/"
	witnessKey     = "key"  // the secret key, in text
	witnessLogs    = "logs" // "log VKEY" lines, as in c2sp.org/tlog-policy
	witnessFile    = 256 << 10
	witnessForks   = 1000 // kept at most: whoever fills a disk with contradictions learns nothing by it
	witnessTurn    = 3 * time.Second
)

func witnessCommand() command {
	flags := func(f *flagSet) {
		f.String("address", witnessAddress, "")
		f.String("name", "", "")
		f.StringArray("log", nil, "")
	}
	return command{name: "witness", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error { return c.witness(ctx, vault.Dir(c.args[0])) }}
}

// witness runs a witness that keeps all it has in a folder of its own. The folder's lock is
// held to the end: two witnesses with one key could cosign two histories.
func (c *call) witness(ctx context.Context, dir vault.Dir) (err error) {
	if _, err := vault.ReadFile(ctx, dir, "ledger/checkpoint", witnessFile); !errors.Is(err, evidence.ErrNotFound) {
		return evidence.WithHint(fmt.Errorf("witness in %s: %w: %w", dir, evidence.ErrUsage, errors.Join(errors.New("this is the folder of a case"), err)), "%s", c.say.s("witness-folder-hint"))
	}
	wait, cancel := context.WithTimeout(ctx, witnessTurn)
	defer cancel()
	unlock, err := dir.Lock(wait, "svidok witness")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	cosigner, err := c.witnessCosigner(ctx, dir)
	if err != nil {
		return err
	}
	logs, err := c.witnessLogs(ctx, dir)
	if err != nil {
		return err
	}
	kept, err := dir.List(ctx, "forks")
	if err != nil {
		return err
	}
	out, store := c.rows(), &witness.Files{
		Read: func(ctx context.Context, name string) ([]byte, error) {
			return vault.ReadFile(ctx, dir, name, witnessFile)
		},
		Replace: dir.Replace,
	}
	var turn sync.Mutex // contradictions of two logs may come at once
	told := ""          // the last failure: who asks again and again must not drown the rest
	forked := func(f witness.Fork) {
		turn.Lock()
		defer turn.Unlock()
		if err := c.keepFork(context.WithoutCancel(ctx), dir, out, f); err != nil {
			c.words("witness-fork-unkept", f.Origin, err.Error())
		}
	}
	failed := func(err error) {
		turn.Lock()
		defer turn.Unlock()
		if told != err.Error() {
			told = err.Error()
			c.words("witness-failed", c.say.explain(err))
		}
	}
	w, err := witness.New(witness.Options{Cosigner: cosigner, Logs: logs, Store: store, Now: time.Now, Forked: forked, Failed: failed})
	if err != nil {
		return err
	}
	if len(logs) == 0 {
		c.words("witness-no-logs", c.args[0])
	}
	if len(kept) > 0 {
		c.words("witness-forks", len(kept), string(dir)+"/forks")
	}
	return c.serveWitness(ctx, w, out, cosigner.Key().String(), len(logs))
}

// witnessCosigner reads the key of the witness, or makes it in a folder without one.
func (c *call) witnessCosigner(ctx context.Context, dir vault.Dir) (*proof.Cosigner, error) {
	name := c.value("name")
	secret, err := vault.ReadFile(ctx, dir, witnessKey, witnessFile)
	if err == nil {
		k, err := proof.ParseCosigner(strings.TrimSpace(string(secret)))
		if err != nil {
			return nil, fmt.Errorf("the key of the witness: %w", err)
		}
		if name != "" && k.Key().Name() != name {
			return nil, fmt.Errorf("%s: %w", c.say.f("witness-named", k.Key().Name()), evidence.ErrUsage)
		}
		return k, nil
	}
	if !errors.Is(err, evidence.ErrNotFound) {
		return nil, fmt.Errorf("the key of the witness: %w", err)
	}
	if state, err := dir.List(ctx, "state"); err != nil || len(state) > 0 {
		return nil, evidence.WithHint(fmt.Errorf("the key of the witness: %w", errors.Join(evidence.ErrTampered, err)), "%s", c.say.s("witness-key-hint"))
	}
	var seed [32]byte
	var label [8]byte
	_, _ = rand.Read(seed[:]) // never fails (crypto/rand)
	_, _ = rand.Read(label[:])
	if name == "" {
		name = witnessPrefix + hex.EncodeToString(label[:])
	}
	k, err := proof.NewCosigner(name, seed[:])
	if err != nil {
		return nil, fmt.Errorf("--name: %w: %w", evidence.ErrUsage, err)
	}
	if err := dir.Replace(ctx, witnessKey, []byte(k.Secret()+"\n")); err != nil {
		return nil, err
	}
	c.words("witness-made", string(dir), k.Key().Name())
	return k, nil
}

// witnessLogs reads the list of logs, and puts on it durably those that --log names.
func (c *call) witnessLogs(ctx context.Context, dir vault.Dir) ([]witness.Log, error) {
	text, err := vault.ReadFile(ctx, dir, witnessLogs, witnessFile)
	if err != nil && !errors.Is(err, evidence.ErrNotFound) {
		return nil, err
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	p, err := witness.ParsePolicy(append(slices.Clone(text), "quorum none\n"...))
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", dir, witnessLogs, err)
	}
	named, _ := c.flags.GetStringArray("log")
	for _, vkey := range named {
		vkey = strings.TrimSpace(vkey)
		if slices.Contains(strings.Fields(string(text)), vkey) {
			continue
		}
		text = append(text, "log "+vkey+"\n"...)
		next, err := witness.ParsePolicy(append(slices.Clone(text), "quorum none\n"...))
		if err != nil || len(next.Logs) != len(p.Logs)+1 {
			return nil, evidence.WithHint(fmt.Errorf("--log: %w", errors.Join(evidence.ErrUsage, err)), "%s", c.say.s("witness-log-hint"))
		}
		p = next
	}
	if len(named) > 0 {
		if err := dir.Replace(ctx, witnessLogs, text); err != nil {
			return nil, err
		}
	}
	return p.Logs, nil
}

// keptFork is what lies in forks/: both notes, as they were signed.
type keptFork struct {
	V       int    `json:"v"` // 1
	Origin  string `json:"origin"`
	Certain bool   `json:"certain"`
	Known   string `json:"known"`
	Seen    string `json:"seen"`
}

// keepFork keeps a contradiction, and tells the person. One that is there already is not
// told again: whoever repeats it could drown everything else.
func (c *call) keepFork(ctx context.Context, dir vault.Dir, out *rows, f witness.Fork) error {
	known, _, _ := strings.Cut(string(f.Known), "\n\n")
	seen, _, _ := strings.Cut(string(f.Seen), "\n\n")
	name := "forks/" + evidence.Sum([]byte(known+"\n\n"+seen)).String() + ".json"
	list, err := dir.List(ctx, "forks")
	if err != nil || slices.ContainsFunc(list, func(i vault.Info) bool { return i.Name == name }) {
		return err
	}
	if len(list) >= witnessForks {
		return fmt.Errorf("%d are kept already: %w", len(list), evidence.ErrLimit)
	}
	record, err := evidence.Encode(keptFork{V: 1, Origin: f.Origin, Certain: f.Certain, Known: string(f.Known), Seen: string(f.Seen)})
	if err != nil {
		return err
	}
	if err := dir.Replace(ctx, name, record); err != nil {
		return err
	}
	key := "witness-fork-suspected"
	if f.Certain {
		key = "witness-fork-certain"
	}
	c.words(key, f.Origin, string(dir)+"/"+name)
	if !out.json {
		return nil
	}
	return out.put(struct {
		Fork    string `json:"fork"`
		Origin  string `json:"origin"`
		Certain bool   `json:"certain"`
	}{name, f.Origin, f.Certain}, "")
}

// serveWitness answers until ctx ends.
func (c *call) serveWitness(ctx context.Context, w *witness.Witness, out *rows, key string, logs int) error {
	listener, err := net.Listen("tcp", c.value("address"))
	if err != nil {
		return evidence.WithHint(fmt.Errorf("listen at %s: %w", c.value("address"), err), "%s", c.say.s("address-hint"))
	}
	host, _, _ := net.SplitHostPort(listener.Addr().String())
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		c.words("witness-open", listener.Addr().String())
	}
	server := &http.Server{Handler: witness.Handler(w), ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	url := "http://" + listener.Addr().String() + "/"
	row := struct {
		Address string `json:"address"`
		Key     string `json:"key"`
		Logs    int    `json:"logs"`
	}{url, key, logs}
	if err := out.put(row, c.say.s("witness-serving"), key, url, logs); err != nil {
		return errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	return c.untilDone(ctx, cancel, server, nil, served)
}
