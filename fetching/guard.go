package fetching

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"svidok/evidence"
)

// forbidden are the networks of the IANA special-purpose registries (RFC 6890) that are not
// on the public Internet, and those that embed IPv4 addresses.
func forbidden() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// public reports whether an address may be visited.
func (c *Client) public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range c.o.Allow {
		if p.Contains(a) {
			return true
		}
	}
	return a.IsValid() && !slices.ContainsFunc(forbidden(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// resolve returns the addresses of a host that may be visited.
func (c *Client) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	var list []netip.Addr
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		list = []netip.Addr{a}
	} else {
		look := c.o.Resolve
		if look == nil {
			look = func(ctx context.Context, host string) ([]netip.Addr, error) {
				return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
			}
		}
		if list, err = look(ctx, host); err != nil {
			return nil, fmt.Errorf("look up %s: %w: %w", host, ErrUnreachable, err)
		}
	}
	var out []netip.Addr
	for _, a := range list {
		if c.public(a) {
			out = append(out, a.Unmap())
		}
	}
	if len(out) == 0 && len(list) > 0 {
		return nil, evidence.WithHint(fmt.Errorf("%s is %s, which is not on the public Internet: %w", host, list[0], evidence.ErrRefused),
			"if it is yours and meant, allow its network: svidok settings CASE --allow %s/32", list[0])
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("look up %s: no address: %w", host, ErrUnreachable)
	}
	return out, nil
}

// literal refuses an address written as a number that must not be visited, where a proxy
// resolves names.
func (c *Client) literal(host string) error {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		// Forms that some resolvers take for numbers: 2130706433, 0x7f.1, 0177.0.0.1.
		if last := host[strings.LastIndexByte(host, '.')+1:]; last != "" && strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
			return fmt.Errorf("%s is written as a number: %w", host, evidence.ErrRefused)
		}
		if host == "localhost" || strings.HasSuffix(host, ".localhost") {
			return fmt.Errorf("%s is this machine: %w", host, evidence.ErrRefused)
		}
		return nil
	}
	if !c.public(a) {
		return fmt.Errorf("%s is not on the public Internet: %w", host, evidence.ErrRefused)
	}
	return nil
}
