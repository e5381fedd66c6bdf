package fetching

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"svidok/evidence"
)

// forbidden are the networks of the IANA special-purpose registries (RFC 6890) that are not
// on the public Internet, those that embed IPv4 addresses, and public addresses under which a
// cloud answers its own machines. Of IPv6 only global unicast (2000::/3) is visited at all.
func forbidden() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"168.63.129.16/32",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// public reports whether an address may be visited.
func (c *Client) public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if c.own(a) {
		return true
	}
	if netip.MustParsePrefix("64:ff9b::/96").Contains(a) { // RFC 6052: the way to IPv4 of networks that have only IPv6
		b := a.As16()
		return c.public(netip.AddrFrom4([4]byte(b[12:])))
	}
	if !a.IsValid() || a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a) {
		return false
	}
	return !slices.ContainsFunc(forbidden(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// own reports whether an address is in a network that may be visited although it is private.
func (c *Client) own(a netip.Addr) bool {
	return slices.ContainsFunc(c.o.Allow, func(p netip.Prefix) bool { return p.Contains(a) })
}

// resolve returns the addresses of a host that may be visited at a port.
func (c *Client) resolve(ctx context.Context, host, port string) ([]netip.Addr, error) {
	list, err := c.look(ctx, host)
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, a := range list {
		if c.public(a) {
			out = append(out, a.Unmap())
		}
	}
	if len(out) == 0 && len(list) > 0 {
		a := list[0].Unmap().WithZone("")
		return nil, evidence.WithHint(fmt.Errorf("%s is %s, which is not on the public Internet: %w", host, a, evidence.ErrRefused),
			"if it is yours and meant, allow its network: svidok settings CASE --allow %s", netip.PrefixFrom(a, a.BitLen()))
	}
	if len(out) > 0 && badPort(port) && !c.own(out[0]) {
		return nil, fmt.Errorf("port %s of %s serves another protocol: %w", port, host, evidence.ErrRefused)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("look up %s: no address: %w", host, ErrUnreachable)
	}
	return out, nil
}

// look looks a host up.
func (c *Client) look(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if err := numeric(host); err != nil {
		return nil, err
	}
	look := c.o.Resolve
	if look == nil {
		look = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	list, err := look(ctx, host)
	if d, ok := errors.AsType[*net.DNSError](err); ok && d.IsNotFound {
		return nil, fmt.Errorf("look up %s: %w: %w", host, ErrGone, ErrUnreachable)
	}
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w: %w", host, ErrUnreachable, bare(err))
	}
	return list, nil
}

// numeric refuses names that some resolvers take for numbers: 2130706433, 0x7f.1, 0177.0.0.1.
// No top-level domain is a number (RFC 3696), so nothing is lost.
func numeric(host string) error {
	last := strings.TrimSuffix(host, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == "" {
		return fmt.Errorf("%s is a number in a form that is not visited: %w", host, evidence.ErrRefused)
	}
	return nil
}

// literal refuses what can be refused where a proxy resolves names.
func (c *Client) literal(host, port string) error {
	a, err := netip.ParseAddr(host)
	if err == nil && !c.public(a) {
		return fmt.Errorf("%s is not on the public Internet: %w", host, evidence.ErrRefused)
	}
	if badPort(port) && !c.own(a) {
		return fmt.Errorf("port %s of %s serves another protocol: %w", port, host, evidence.ErrRefused)
	}
	if err == nil {
		return nil
	}
	name := "." + strings.TrimSuffix(host, ".")
	for _, never := range []string{".localhost", ".local", ".internal", ".home.arpa"} { // RFC 6761, 6762, 8375; .internal is reserved by ICANN
		if strings.HasSuffix(name, never) {
			return fmt.Errorf("%s is not a name of the public Internet: %w", host, evidence.ErrRefused)
		}
	}
	return numeric(host)
}

// bare is an error of the network without the addresses of this machine and its resolver.
func bare(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return bare(op.Err)
	}
	if d, ok := errors.AsType[*net.DNSError](err); ok {
		if d.IsTimeout {
			return errors.New("no answer in time")
		}
		return errors.New("the resolver fails")
	}
	return err
}
