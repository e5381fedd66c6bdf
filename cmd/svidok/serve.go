package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"svidok/archive"
	"svidok/evidence"
	"svidok/web"
)

const defaultAddress = "127.0.0.1:8731"

func serveCommand() command {
	flags := func(f *flagSet) { f.String("address", defaultAddress, "") }
	return command{name: "serve", flags: flags, least: 1, most: 1, run: func(ctx context.Context, c *call) error {
		address, _ := c.flags.GetString("address")
		return c.withCase(ctx, c.args[0], func(a *archive.Archive) error {
			accounts, err := a.Catalog().Accounts(ctx)
			if err != nil {
				return err
			}
			if len(accounts) == 0 {
				c.words("no-accounts", c.args[0])
			}
			return c.serve(ctx, a, address, nil)
		})
	}}
}

// serve shows the desk until ctx ends, and works in the background what arrives. ready,
// if not nil, is told the address once.
func (c *call) serve(ctx context.Context, a *archive.Archive, address string, ready func(url string)) error {
	listener, err := listen(address)
	if err != nil {
		return evidence.WithHint(err, "%s", c.say.s("address-hint"))
	}
	host, _, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return fmt.Errorf("listen at %s: %w", address, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		c.words("not-loopback", host)
	}
	handler, err := web.New(web.Config{Archive: a, Tool: version})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	worked, served := make(chan error, 1), make(chan error, 1)
	go func() { worked <- a.Run(ctx) }()
	go func() { served <- server.Serve(listener) }()
	url := "http://" + listener.Addr().String() + "/"
	c.words("serving", url)
	if err := c.rows().put(struct {
		Address string `json:"address"`
	}{url}, "%s", url); err != nil {
		return err
	}
	if ready != nil {
		ready(url)
	}
	return c.untilDone(ctx, cancel, server, worked, served)
}

// untilDone waits for the person, the server or the worker to end, then ends the others.
func (c *call) untilDone(ctx context.Context, cancel func(), server *http.Server, worked, served <-chan error) error {
	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
	case err = <-worked:
		worked = nil
	}
	cancel()
	stop, end := context.WithTimeout(context.Background(), 10*time.Second)
	defer end()
	err = errors.Join(err, server.Shutdown(stop))
	if worked != nil {
		err = errors.Join(err, <-worked)
	}
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// listen takes the address; if it is the default one and in use, any free port.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil && address == defaultAddress {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("listen at %s: %w", address, err)
	}
	return l, nil
}
