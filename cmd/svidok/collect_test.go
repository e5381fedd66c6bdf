package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"svidok/telegram/previewtest"
	"svidok/timestamp/timestamptest"
)

// web is what a script's sources are served from: a channel, a feed with its pages, a wall.
type testWeb struct {
	channel *previewtest.Channel
	server  *httptest.Server
}

type webs struct {
	mu  sync.Mutex
	all map[string]*testWeb
}

// channel COUNT makes the script's web and sets CHANNEL, FEED, PAGE and WALL; channel edit
// N TEXT, delete N and add N change the channel.
func (w *webs) channel(ts *testscript.TestScript, neg bool, args []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := ts.Getenv("WORK")
	x := w.all[key]
	if x == nil {
		x = newTestWeb(ts)
		w.all[key] = x
	}
	number := func(s string) int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		ts.Check(err)
		return n
	}
	switch args[0] {
	case "edit":
		p := inventedPost(number(args[1]))
		p.Text, p.Edited = args[2], true
		x.channel.Put(p)
	case "delete":
		x.channel.Delete(number(args[1]))
	case "add":
		x.channel.Put(inventedPost(number(args[1])))
	default:
		for n := range number(args[0]) {
			x.channel.Put(inventedPost(n + 1))
		}
	}
}

func inventedPost(n int64) previewtest.Post {
	p := previewtest.Post{Number: n, Text: fmt.Sprintf("Синтетичний допис %d: біля водовозки в окупованому місті перевіряли документи.", n), At: time.Date(2025, 10, 6, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour), Views: "17"}
	if n%10 == 0 {
		p.Photo = fmt.Sprintf("/media/%d.jpg", n)
	}
	return p
}

func newTestWeb(ts *testscript.TestScript) *testWeb {
	x := &testWeb{channel: &previewtest.Channel{Name: "synthetic_steppe", Title: "Steppe"}}
	mux := http.NewServeMux()
	mux.Handle("/s/", x.channel)
	mux.Handle("/media/", x.channel)
	text := strings.Repeat("У Горлівці біля крамниці перевіряли документи й роздавали чоловікам повістки. ", 12)
	mux.HandleFunc("/feed", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Herald</title><item><title>Повістки біля крамниці</title><link>http://%[1]s/news/1</link></item><item><title>Документи біля крамниці</title><link>http://%[1]s/news/2</link></item></channel></rss>`, r.Host)
	})
	mux.HandleFunc("/news/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!DOCTYPE html><html lang="uk"><head><meta charset="utf-8"><title>Повістки й документи біля крамниці</title><link rel="stylesheet" href="/style.css"></head><body><article><h1>Повістки біля крамниці</h1><p>%s</p><p>%s Стаття %s.</p><img src="/media/x.jpg"></article></body></html>`, text, text, r.URL.Path)
	})
	mux.HandleFunc("/style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "body{color:black}")
	})
	mux.HandleFunc("/wall", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<html><head><title>Log in to continue</title></head><body><form><input type="password"></form>You must log in.</body></html>`)
	})
	x.server = httptest.NewServer(mux)
	ts.Defer(x.server.Close)
	for name, path := range map[string]string{"CHANNEL": "/s/synthetic_steppe", "FEED": "/feed", "PAGE": "/news/7", "WALL": "/wall"} {
		ts.Setenv(name, x.server.URL+path)
	}
	return x
}

// tsas are the time-stamp authorities of scripts.
type tsas struct {
	mu  sync.Mutex
	all map[string][]*timestamptest.Authority
}

// authorities N starts authorities and sets TSA1…, and ROOTS to a file with their roots;
// authorities down N lets one fail.
func (x *tsas) authorities(ts *testscript.TestScript, neg bool, args []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	key := ts.Getenv("WORK")
	if args[0] == "down" {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		x.all[key][n-1].SetDown(true)
		return
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var roots []byte
	for i := range n {
		a, err := timestamptest.New(timestamptest.Options{Name: fmt.Sprintf("Synthetic %d", i+1)})
		ts.Check(err)
		s := httptest.NewServer(a)
		ts.Defer(s.Close)
		x.all[key] = append(x.all[key], a)
		ts.Setenv(fmt.Sprintf("TSA%d", i+1), s.URL+"/")
		roots = append(roots, a.RootPEM()...)
	}
	ts.Check(os.WriteFile(ts.MkAbs("roots.pem"), roots, 0o600))
	ts.Setenv("ROOTS", ts.MkAbs("roots.pem"))
}
