package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"svidok/evidence"
)

// knownKey returns the names of members that mean something here, and "" for all others.
func knownKey(k []byte) string {
	switch string(k) {
	case "id":
		return "id"
	case "type":
		return "type"
	case "date":
		return "date"
	case "date_unixtime":
		return "date_unixtime"
	case "edited":
		return "edited"
	case "edited_unixtime":
		return "edited_unixtime"
	case "forwarded_from":
		return "forwarded_from"
	case "forwarded_from_id":
		return "forwarded_from_id"
	case "reply_to_message_id":
		return "reply_to_message_id"
	case "reply_to_peer_id":
		return "reply_to_peer_id"
	case "photo":
		return "photo"
	case "file":
		return "file"
	case "thumbnail":
		return "thumbnail"
	case "contact_vcard":
		return "contact_vcard"
	case "name":
		return "name"
	case "username":
		return "username"
	case "messages":
		return "messages"
	case "chats":
		return "chats"
	case "left_chats":
		return "left_chats"
	case "list":
		return "list"
	case "personal_information":
		return "personal_information"
	}
	return ""
}

// chat is the chat whose messages are being read.
type chat struct {
	name, kind, id, username string

	lost    bool // its beginning was in a broken place
	service int
	posts   int
}

// message is one message: its bytes, and the members that are claims. All of it is good
// until the next one is read.
type message struct {
	at    int64
	raw   []byte
	spans [8]span // see the constants
	id    []byte
	kind  []byte
	media [4]span
}

type span struct{ from, to int64 } // absolute offsets; zero: no such member

const (
	msgDate = iota
	msgUnix
	msgEdited
	msgEditedUnix
	msgForwarded
	msgForwardedID
	msgReply
	msgReplyPeer
)

func mediaKinds() [4]string { return [4]string{"photo", "file", "thumbnail", "contact_vcard"} }

func (m *message) bytes(s span) []byte {
	if s.to == 0 {
		return nil
	}
	return m.raw[s.from-m.at : s.to-m.at]
}

func (m *message) text(field int) string { return unquote(m.bytes(m.spans[field])) }

// export walks through an export. Its functions return false to stop.
type export struct {
	s       scanner
	message func(c *chat, m *message) bool
	broken  func(at int64, err error) bool // the message or place at this byte
	end     func(c *chat) bool             // after the messages of a chat
	m       message
}

// walk reads the whole export. Where it is broken outside of a list of messages, it looks
// for the next message, of which the chat is not known.
func (x *export) walk() {
	err := x.file()
	for err != nil && !errors.Is(err, errStop) {
		if !x.broken(x.s.at(), err) {
			return
		}
		if x.s.err != nil && x.s.err != io.EOF {
			return
		}
		if _, ok := x.s.findMessage(); !ok {
			return
		}
		err = x.messages(&chat{lost: true}, false)
	}
}

func (x *export) file() error {
	for _, c := range []byte("\xef\xbb\xbf") { // a byte order mark, if there is one
		if b, err := x.s.peek(); err == nil && b == c {
			x.s.pos++
		}
	}
	c, err := x.s.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		return x.s.wrong("an object")
	}
	if err = x.chat(true); err != nil {
		return err
	}
	if c, err = x.s.peek(); err == nil {
		return fmt.Errorf("byte %d is %q, after the end of the export: %w", x.s.at(), c, evidence.ErrFormat)
	}
	if x.s.err != io.EOF {
		return err
	}
	return nil
}

// chat reads an object that may hold messages and, at the top, lists of chats.
func (x *export) chat(top bool) error {
	var c chat
	return x.s.object(1, func(key string) (err error) {
		first, err := x.s.peek()
		if err != nil {
			return err
		}
		switch {
		case key == "name":
			c.name, err = x.s.text()
		case key == "type":
			c.kind, err = x.s.text()
		case key == "id":
			c.id, err = x.s.text()
		case key == "username":
			c.username, err = x.s.text()
		case key == "messages" && first == '[':
			err = x.messages(&c, true)
		case top && (key == "chats" || key == "left_chats") && first == '{':
			err = x.s.object(2, func(key string) error {
				if first, err := x.s.peek(); err != nil || key != "list" || first != '[' {
					return x.s.value(3)
				}
				return x.s.array(func() error {
					if first, err := x.s.peek(); err != nil || first != '{' {
						return x.s.value(4)
					}
					return x.chat(false)
				})
			})
		default:
			err = x.s.value(2)
		}
		return err
	})
}

// messages reads a list of messages, from its bracket, or from within it. Broken ones are
// named and left out.
func (x *export) messages(c *chat, whole bool) error {
	if whole {
		x.s.pos++ // "["
		if b, err := x.s.peek(); err == nil && b == ']' {
			x.s.pos++
			return nil
		}
	}
	for {
		err := x.one(c)
		if err == nil {
			var b byte
			if b, err = x.s.peek(); err == nil {
				if b == ',' {
					x.s.pos++
					continue
				}
				if b == ']' {
					x.s.pos++
					break
				}
				x.m.at = x.s.at()
				err = x.s.wrong(`"," or "]" after a message`)
			} else {
				x.m.at = x.s.at()
			}
		}
		if errors.Is(err, errStop) {
			return err
		}
		if !x.broken(x.m.at, err) {
			return errStop
		}
		crossed, ok := false, false
		if x.s.err == nil || x.s.err == io.EOF {
			crossed, ok = x.s.findMessage()
		}
		if !ok {
			x.end(c)
			return errStop
		}
		if crossed {
			if !x.end(c) {
				return errStop
			}
			*c = chat{lost: true}
		}
	}
	if !x.end(c) {
		return errStop
	}
	return nil
}

// one reads one message. After an error the scanner stands behind its first byte.
func (x *export) one(c *chat) error {
	b, err := x.s.peek()
	x.m = message{at: x.s.at()}
	if err != nil {
		return err
	}
	if b != '{' {
		if err := x.s.value(2); err != nil {
			return err
		}
		return fmt.Errorf("an element that is no message: %w", evidence.ErrFormat)
	}
	x.s.hold()
	if err = x.s.object(2, x.member); err == nil && x.s.pos-x.s.mark > x.s.max {
		err = errLong
	}
	if err != nil {
		if !errors.Is(err, evidence.ErrLimit) { // look again from behind its first byte
			x.s.pos = x.s.mark + 1
		}
		x.s.free()
		return err
	}
	m := &x.m
	m.raw = x.s.buf[x.s.mark:x.s.pos]
	ok := true
	if bytes.Equal(m.kind, []byte(`"service"`)) {
		c.service++
	} else {
		c.posts++
		ok = x.message(c, m)
	}
	x.s.free()
	if !ok {
		return errStop
	}
	return nil
}

func (x *export) member(key string) error {
	from := x.s.at()
	if err := x.s.value(3); err != nil {
		return err
	}
	sp := span{from, x.s.at()}
	m := &x.m
	switch key {
	case "id":
		m.id = bytes.Clone(x.s.buf[from-x.s.base : x.s.pos])
	case "type":
		m.kind = append(m.kind[:0], x.s.buf[from-x.s.base:x.s.pos]...)
	case "date":
		m.spans[msgDate] = sp
	case "date_unixtime":
		m.spans[msgUnix] = sp
	case "edited":
		m.spans[msgEdited] = sp
	case "edited_unixtime":
		m.spans[msgEditedUnix] = sp
	case "forwarded_from":
		m.spans[msgForwarded] = sp
	case "forwarded_from_id":
		m.spans[msgForwardedID] = sp
	case "reply_to_message_id":
		m.spans[msgReply] = sp
	case "reply_to_peer_id":
		m.spans[msgReplyPeer] = sp
	default:
		for i, kind := range mediaKinds() {
			if kind == key {
				m.media[i] = sp
			}
		}
	}
	return nil
}

// telegram yields the messages of an export.
func (p *parts) telegram(r io.Reader) {
	near := p.beside
	if near == nil {
		near = p.container.place.open()
		defer near.close()
	}
	x := &export{s: scanner{r: r, max: int(max(p.lim.Message, 4096))}}
	x.message = func(c *chat, m *message) bool { return p.post(c, m, near) }
	x.broken = func(at int64, err error) bool {
		return p.fail(fmt.Sprintf("byte %d", at), fmt.Errorf("%q: the export is broken at the message or member at byte %d: %w", p.container.Name, at, err))
	}
	x.end = func(c *chat) bool {
		if c.service == 0 {
			return true
		}
		return p.fail(c.label(), fmt.Errorf("%q: %d service messages in %s: %w", p.container.Name, c.service, c.label(), ErrSkipped))
	}
	x.walk()
}

// label names the chat in Within, by its number: a name might be a person's.
func (c *chat) label() string {
	switch {
	case c.id != "":
		return "chat " + c.id
	case c.lost:
		return "a chat not known"
	}
	return "the chat"
}

// outlet is the chat's name where it is not a person's.
func (c *chat) outlet() string {
	if c.kind == "" || strings.Contains(c.kind, "channel") || strings.Contains(c.kind, "group") {
		return c.name
	}
	return ""
}

func (p *parts) post(c *chat, m *message, near *nearby) bool {
	it := Item{Input: p.container.Input, Door: DoorTelegram, MediaType: TypeTelegramMessage, Part: evidence.PartReport,
		Data: bytes.Clone(m.raw), Size: int64(len(m.raw)), Parent: -1}
	id := unquote(m.id)
	if id == "" {
		id = fmt.Sprintf("at byte %d", m.at)
		it.Problems = append(it.Problems, "the message has no id")
	}
	it.Within = "message " + id + " of " + c.label()
	if c.lost {
		it.Problems = append(it.Problems, "the export is broken before this message: its chat is not known")
	}
	it.Claims.Outlet = c.outlet()
	if isUsername(c.username) && len(m.id) > 0 {
		it.Claims.Address = "https://t.me/" + c.username + "/" + id
	}
	it.Claims.Published = when(&it, m.text(msgUnix), m.text(msgDate))
	it.Claims.Edited = when(&it, m.text(msgEditedUnix), m.text(msgEdited))
	if it.Claims.Published == "" {
		it.Problems = append(it.Problems, "the message has no date")
	}
	it.Claims.Forwarded = m.text(msgForwarded)
	if strings.HasPrefix(m.text(msgForwardedID), "user") {
		it.Claims.Forwarded = "a person"
	} else if it.Claims.Forwarded == "" && m.spans[msgForwarded].to > 0 {
		it.Claims.Forwarded = "a deleted account"
	}
	if reply := m.text(msgReply); reply != "" {
		of := c.label()
		if peer := m.text(msgReplyPeer); peer != "" {
			of = peer
		}
		it.Claims.ReplyTo = "message " + reply + " of " + of
	}
	var beside []Item
	for i, kind := range mediaKinds() {
		if name := unquote(m.bytes(m.media[i])); name != "" {
			if a, problem := near.media(p.container, kind, name, p.lim); problem != "" {
				it.Problems = append(it.Problems, problem)
			} else {
				a.Within, a.Parent = kind+" of "+it.Within, p.n
				beside = append(beside, a)
			}
		}
	}
	if !p.give(it) {
		return false
	}
	for _, a := range beside {
		if !p.give(a) {
			return false
		}
	}
	return p.ctx.Err() == nil
}

// when prefers seconds since 1970, which have a meaning, to local time without a zone.
func when(it *Item, unix, local string) string {
	if unix != "" && unix != "0" {
		n, err := strconv.ParseInt(unix, 10, 64)
		if t := time.Unix(n, 0).UTC(); err == nil && t.Year() >= 1970 && t.Year() <= 9999 {
			return t.Format(time.RFC3339)
		}
		it.Problems = append(it.Problems, fmt.Sprintf("the date %q is no number of seconds", unix))
	}
	if unix == "" && strings.HasPrefix(local, "1970-01-01") {
		return "" // how old exports say "never edited"
	}
	return local
}

func isUsername(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '_' {
			return false
		}
	}
	return len(s) >= 4 && len(s) <= 32
}

// mediaOf returns every name of a file that an export refers to, at most max of them.
func mediaOf(r io.Reader, lim Limits) map[string]bool {
	names := map[string]bool{}
	x := &export{s: scanner{r: r, max: int(max(lim.Message, 4096))}}
	x.broken = func(int64, error) bool { return true } // named when its parts are taken
	x.end = func(*chat) bool { return true }
	x.message = func(_ *chat, m *message) bool {
		for i := range m.media {
			if name := unquote(m.bytes(m.media[i])); isMediaPath(name) && isInside(name) && len(names) < lim.Count {
				names[name] = true
			}
		}
		return true
	}
	x.walk()
	return names
}

// isInside: the name leads nowhere but into the folder of the export. What it names
// elsewhere is not taken with the message, and so arrives by itself.
func isInside(name string) bool {
	return filepath.IsLocal(filepath.FromSlash(name)) && !strings.Contains(name, "\\")
}

// isMediaPath: a file's name, not the note that takes its place, "(File not included. …)".
func isMediaPath(s string) bool { return s != "" && s[0] != '(' }
