package fetching

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"svidok/evidence"
)

const maxAddress = 16 << 10

// parseTarget takes an absolute address of the web, without its fragment and credentials: the
// host in ASCII and lower case (IDNA, UTS 46), a usual port left out, and nothing in it that
// would end a request line.
func parseTarget(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if len(s) > maxAddress {
		return nil, fmt.Errorf("an address of %d bytes: %w", len(s), evidence.ErrLimit)
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, fmt.Errorf("no address: %w", evidence.ErrUsage)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("scheme %q: only http and https are visited: %w", clip(u.Scheme, 40), evidence.ErrRefused)
	}
	name, err := hostName(u.Hostname())
	if err != nil {
		return nil, err
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("port %q: there is none such: %w", clip(p, 40), evidence.ErrUsage)
		}
		if p = strconv.FormatUint(n, 10); p != usualPort(u.Scheme) {
			name += ":" + p
		}
	}
	u.Host, u.User, u.Fragment, u.RawFragment = name, nil, "", ""
	u.RawQuery = cleanQuery(u.RawQuery)
	if u.Path == "" {
		u.Path, u.RawPath = "/", ""
	}
	return u, nil
}

// hostName gives a name in ASCII and lower case, or an address as it is usually written.
func hostName(s string) (string, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.WithZone("").String(), nil // a zone is of this machine only; what needs one is not public
	}
	for i := range len(s) {
		if s[i] >= 0x80 {
			ascii, err := idna.Lookup.ToASCII(s)
			if err != nil {
				return "", fmt.Errorf("host %q: no name: %w", clip(s, 80), evidence.ErrUsage)
			}
			s = ascii
			break
		}
	}
	s = strings.ToLower(s)
	bad := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_'
	}
	if strings.Trim(s, ".") == "" || len(s) > 254 || strings.ContainsFunc(s, bad) {
		return "", fmt.Errorf("host %q: no name: %w", clip(s, 80), evidence.ErrUsage)
	}
	return s, nil
}

// cleanQuery escapes what may not stand in a request line.
func cleanQuery(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func usualPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return usualPort(u.Scheme)
}

// badPort: WHATWG Fetch, "port blocking": what no server of the web is at.
func badPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err != nil || slices.Contains([]uint16{0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123,
		135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995,
		1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}, uint16(n))
}

// redirect returns where an answer leads.
func redirect(x Exchange, from *url.URL) (string, bool) {
	switch x.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
	default:
		return "", false
	}
	where := x.Header.Get("Location")
	if where == "" {
		return "", false
	}
	u, err := from.Parse(where)
	if err != nil {
		return where, true
	}
	return u.String(), true
}

// shown is an address for a message: without credentials, and not too long.
func shown(s string) string {
	if from := strings.Index(s, "//"); from >= 0 {
		rest := s[from+2:]
		end := strings.IndexAny(rest, "/?#\\")
		if end < 0 {
			end = len(rest)
		}
		if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
			s = s[:from+2] + rest[at+1:]
		}
	}
	return clip(s, 200)
}

func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
