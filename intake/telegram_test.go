package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"svidok/evidence"
	"svidok/intake/telegramtest"
)

// oneChat is an export of one channel with every kind of message, as the program writes
// it. All of it is made up.
const oneChat = `{
 "name": "Вигадані новини",
 "type": "public_channel",
 "id": 1234567890,
 "messages": [
  {
   "id": 1,
   "type": "service",
   "date": "2024-01-01T10:00:00",
   "date_unixtime": "1704096000",
   "actor": "Somebody",
   "actor_id": "user1",
   "action": "create_channel",
   "title": "Вигадані новини",
   "text": "",
   "text_entities": []
  },
  {
   "id": 2,
   "type": "message",
   "date": "2024-01-02T12:00:00",
   "date_unixtime": "1704189600",
   "from": "A Person",
   "from_id": "user77",
   "text": "Просте повідомлення \"у лапках\" \\ 🙂 { \"id\": 99, \"type\": \"message\" }",
   "text_entities": [{"type": "plain", "text": "Просте"}]
  },
  {
   "id": 3,
   "type": "message",
   "date": "2024-01-03T12:00:00",
   "edited": "2024-01-03T13:00:00",
   "edited_unixtime": "1704279600",
   "forwarded_from": "Інший канал",
   "forwarded_from_id": "channel42",
   "reply_to_message_id": 2,
   "photo": "photos/a b.jpg",
   "thumbnail": "photos/missing.jpg",
   "width": 1, "height": 1,
   "text": ["Частини: ", {"type": "bold", "text": "жирний"}, " ", {"type": "text_link", "text": "тут", "href": "https://a.example/"}, {"type": "mention", "text": "@somebody"}],
   "text_entities": []
  },
  {
   "id": 4,
   "type": "message",
   "date": "2024-01-04T12:00:00",
   "date_unixtime": "1704362400",
   "edited": "1970-01-01T02:00:00",
   "forwarded_from": "A Person",
   "forwarded_from_id": "user78",
   "reply_to_message_id": 9, "reply_to_peer_id": "channel55",
   "file": "(File not included. Change data exporting settings to download.)",
   "text": "",
   "text_entities": []
  },
  {
   "id": 4,
   "type": "message",
   "date_unixtime": "1704362401",
   "forwarded_from": null,
   "file": "../outside.txt",
   "photo": "/etc/hostname",
   "text": "the same number twice"
  }
 ]
}
`

type got struct {
	Item
	err error
}

func collect(seq iter.Seq2[Item, error]) (out []got) {
	for it, err := range seq {
		out = append(out, got{it, err})
	}
	return out
}

func split(all []got) (items []Item, errs []error) {
	for _, g := range all {
		if g.err != nil {
			errs = append(errs, g.err)
		} else {
			items = append(items, g.Item)
		}
	}
	return items, errs
}

func partsOf(text string) iter.Seq2[Item, error] {
	return Parts(context.Background(), Item{Name: "result.json", MediaType: TypeTelegramExport}, strings.NewReader(text), Limits{})
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTelegramOneChat(t *testing.T) {
	for name, r := range map[string]io.Reader{"at once": strings.NewReader(oneChat), "byte by byte": iotest.OneByteReader(strings.NewReader(oneChat))} {
		items, errs := split(collect(Parts(context.Background(), Item{Input: "in", Name: "result.json", MediaType: TypeTelegramExport}, r, Limits{})))
		if len(errs) != 1 || !errors.Is(errs[0], ErrSkipped) || !strings.Contains(errs[0].Error(), "1 service messages in chat 1234567890") {
			t.Errorf("%s: errors %v", name, errs)
		}
		if len(items) != 4 {
			t.Fatalf("%s: %d items", name, len(items))
		}
		end := 0
		for _, it := range items {
			i := strings.Index(oneChat[end:], string(it.Data))
			if i < 0 || !json.Valid(it.Data) || it.Data[0] != '{' || it.Size != int64(len(it.Data)) {
				t.Fatalf("%s: not the file's own bytes: %s", name, it.Data)
			}
			end += i + len(it.Data)
			if it.MediaType != TypeTelegramMessage || it.Part != evidence.PartReport || it.Parent != -1 || it.Door != DoorTelegram || it.Input != "in" {
				t.Errorf("%s: %+v", name, it)
			}
			if strings.Contains(fmt.Sprint(it.Claims), "A Person") {
				t.Errorf("%s: a person's name in %+v", name, it.Claims)
			}
		}
		want := []evidence.Claims{
			{Outlet: "Вигадані новини", Published: "2024-01-02T10:00:00Z"},
			{Outlet: "Вигадані новини", Published: "2024-01-03T12:00:00", Edited: "2024-01-03T11:00:00Z", Forwarded: "Інший канал", ReplyTo: "message 2 of chat 1234567890"},
			{Outlet: "Вигадані новини", Published: "2024-01-04T10:00:00Z", Forwarded: "a person", ReplyTo: "message 9 of channel55"},
			{Outlet: "Вигадані новини", Published: "2024-01-04T10:00:01Z", Forwarded: "a deleted account"},
		}
		within := []string{"message 2", "message 3", "message 4", "message 4"}
		problems := []string{"", `photo "photos/a b.jpg": what lies beside the export is not at hand; thumbnail "photos/missing.jpg": what lies beside the export is not at hand`,
			"file is not in the export: (File not included. Change data exporting settings to download.)",
			`photo "/etc/hostname" leads out of the folder: not taken; file "../outside.txt" leads out of the folder: not taken`}
		for i, it := range items {
			if it.Claims != want[i] || it.Within != within[i]+" of chat 1234567890" || strings.Join(it.Problems, "; ") != problems[i] {
				t.Errorf("%s: item %d: %+v %q %q", name, i, it.Claims, it.Within, it.Problems)
			}
		}
	}
}

func TestTelegramAccount(t *testing.T) {
	text := `{"about": "Here is the data you requested.", "personal_information": {"first_name": "x"},
	"contacts": {"about": "", "list": [{"name": "nobody", "messages": [{"id": 7, "type": "message"}]}]},
	"chats": {"about": "", "list": [
	 {"name": "A Person", "type": "personal_chat", "id": 5, "messages": [{"id": 1, "type": "message", "date": "2024-01-02T12:00:00", "text": "a"}]},
	 {"type": "saved_messages", "id": 6, "messages": []},
	 {"name": "Група", "type": "private_supergroup", "id": 7, "messages": [{"id": 1, "type": "message", "date": "2024-01-02T12:00:00", "text": "b"}]}]},
	"left_chats": {"about": "", "list": [
	 {"name": "Канал", "username": "some_channel", "type": "public_channel", "id": 8, "messages": [{"id": 12, "type": "message", "date": "2024-01-02T12:00:00", "text": "c"}]}]}}`
	if sniff("result.json", []byte(text)) != TypeTelegramExport {
		t.Error("not seen as an export")
	}
	items, errs := split(collect(partsOf(text)))
	if len(items) != 3 || len(errs) != 0 {
		t.Fatalf("%d items, %v", len(items), errs)
	}
	for i, want := range []evidence.Claims{{}, {Outlet: "Група"}, {Outlet: "Канал", Address: "https://t.me/some_channel/12"}} {
		want.Published = "2024-01-02T12:00:00"
		if items[i].Claims != want {
			t.Errorf("%d: %+v", i, items[i].Claims)
		}
	}
	if items[2].Within != "message 12 of chat 8" {
		t.Error(items[2].Within)
	}
}

func numbered(n int) string {
	var posts []telegramtest.Post
	for i := range n {
		posts = append(posts, telegramtest.Post{ID: int64(i + 1), Channel: "Канал", ChannelID: int64(1 + i/5), Date: time.Unix(1700000000+int64(i), 0),
			Text: fmt.Sprintf("допис %d", i+1)})
	}
	var b bytes.Buffer
	if err := telegramtest.Write(&b, posts); err != nil {
		panic(err)
	}
	return b.String()
}

func ids(items []Item) string {
	var out []string
	for _, it := range items {
		out = append(out, strings.Fields(it.Within)[1])
	}
	return strings.Join(out, " ")
}

// Cut anywhere, an export still gives every message that is whole, and names the rest.
func TestTelegramTruncatedAnywhere(t *testing.T) {
	whole := numbered(7)
	items, errs := split(collect(partsOf(whole)))
	if len(items) != 7 || len(errs) != 0 {
		t.Fatal(len(items), errs)
	}
	var ends []int
	for _, it := range items {
		ends = append(ends, strings.Index(whole, string(it.Data))+len(it.Data))
	}
	last := len(strings.TrimRight(whole, "\n"))
	for cut := range last {
		items, errs := split(collect(partsOf(whole[:cut])))
		want := 0
		for _, end := range ends {
			if end <= cut {
				want++
			}
		}
		if len(items) != want || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrFormat) {
			t.Fatalf("cut at %d: %d of %d messages, %v", cut, len(items), want, errs)
		}
	}
}

// A broken byte costs the message that it lies in, and no other.
func TestTelegramBroken(t *testing.T) {
	whole := numbered(7)
	for _, c := range []struct{ name, old, new, ids string }{
		{"a quote lost", "\"допис 3\",", "\"допис 3,", "1 2 4 5 6 7"},
		{"a comma between messages lost", "]\n    },\n    {\n     \"id\": 3", "]\n    }\n    {\n     \"id\": 3", "1 2 3 4 5 6 7"},
		{"a brace too many", "\"id\": 3,", "\"id\": 3},", "1 2 3 4 5 6 7"},
		{"zeros on the disk", "\"допис 3\",\n", strings.Repeat("\x00", 20), "1 2 4 5 6 7"},
		{"an element that is no message", "{\n   \"id\": 3,", "17, {\n   \"id\": 3,", "1 2 3 4 5 6 7"},
	} {
		at := strings.Index(whole, "\"id\": 3")
		if at < 0 {
			t.Fatal("no message 3")
		}
		broken := strings.Replace(whole, c.old, c.new, 1)
		if broken == whole {
			broken = strings.Replace(whole, strings.ReplaceAll(c.old, "    ", "  "), strings.ReplaceAll(c.new, "    ", "  "), 1)
		}
		if broken == whole {
			t.Errorf("%s: the fault was not planted", c.name)
			continue
		}
		items, errs := split(collect(partsOf(broken)))
		if ids(items) != c.ids || len(errs) == 0 || !errors.Is(errs[0], evidence.ErrFormat) || !strings.Contains(errs[0].Error(), "at byte") {
			t.Errorf("%s: %s, %v", c.name, ids(items), errs)
		}
		for _, it := range items {
			if it.Claims.Outlet != "Канал" {
				t.Errorf("%s: %s has no outlet: %q", c.name, it.Within, it.Problems)
			}
		}
	}
}

// Where the beginning of the next chat is lost, its messages are not given to the one before.
func TestTelegramLostChatIsNotGuessed(t *testing.T) {
	whole := numbered(12) // chats 1, 2 and 3
	from := strings.Index(whole, "\"допис 5\"")
	to := strings.Index(whole, "\"messages\"")
	to = to + 10 + strings.Index(whole[to+10:], "\"messages\"")
	broken := whole[:from] + "\"" + whole[to:]
	items, errs := split(collect(partsOf(broken)))
	if ids(items) != "1 2 3 4 6 7 8 9 10 11 12" || len(errs) != 1 {
		t.Fatalf("%s, %v", ids(items), errs)
	}
	for i, it := range items {
		lost := i >= 4 && i < 9
		if lost != (it.Claims.Outlet == "") || lost != (len(it.Problems) == 1) || lost != strings.HasSuffix(it.Within, "of a chat not known") {
			t.Errorf("%s: %+v %q", it.Within, it.Claims, it.Problems)
		}
	}
}

func TestTelegramLimits(t *testing.T) {
	long := strings.Replace(numbered(3), "допис 2", strings.Repeat("а", 5000), 1)
	items, errs := split(collect(Parts(context.Background(), Item{MediaType: TypeTelegramExport}, strings.NewReader(long), Limits{Message: 5000})))
	if ids(items) != "1 3" || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Errorf("a long message: %s %v", ids(items), errs)
	}
	deep := strings.Replace(numbered(3), "\"допис 2\"", strings.Repeat("[", 100000), 1)
	items, errs = split(collect(partsOf(deep)))
	if ids(items) != "1 3" || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Errorf("a deep message: %s %v", ids(items), errs)
	}
	items, errs = split(collect(Parts(context.Background(), Item{MediaType: TypeTelegramExport}, strings.NewReader(numbered(9)), Limits{Count: 4})))
	if len(items) != 4 || len(errs) != 1 || !errors.Is(errs[0], evidence.ErrLimit) {
		t.Errorf("many messages: %d %v", len(items), errs)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	for _, err := range Parts(ctx, Item{MediaType: TypeTelegramExport}, strings.NewReader(numbered(5000)), Limits{}) {
		if n++; n == 3 {
			cancel()
		}
		if n > 2000 || err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(n, err)
		}
	}
	cancel()
}

// Exports made to be slow to read are read in the time that their size takes.
func TestTelegramIsLinear(t *testing.T) {
	for name, unit := range map[string]string{"nested": `{"id":1,"type":`, "nested lists": `{"id":1,"type":1,"x":[`, "strings": `{"id":1,"type":"`,
		"braces": "{", "brackets": "[", "whole ones in a broken one": `{"id":1,"type":1,"x":[0]},`} {
		text := `{"messages":[{"id":1,"type":1,"x":[` + strings.Repeat(unit, 4<<20/len(unit))
		start := time.Now()
		for range partsOf(text) {
			if took := time.Since(start); took > 20*time.Second {
				t.Fatalf("%s: %v", name, took)
			}
		}
	}
}

func TestTelegramMediaArrivesOnceAndOnlyFromTheFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"secret.txt":                   "not in the folder",
		"in/Chat/result.json":          strings.Replace(oneChat, "photos/missing.jpg", "photos/link.jpg", 1),
		"in/Chat/photos/a b.jpg":       "\xff\xd8\xff\xe0 a picture",
		"in/Chat/photos/stranger.txt":  "not of the export",
		"in/Chat/Z/page.html":          "<!doctype html><p>page",
		"in/Chat/result.json.bak/.nop": "x",
	})
	if err := os.Symlink(filepath.Join(dir, "secret.txt"), filepath.Join(dir, "in/Chat/photos/link.jpg")); err != nil {
		t.Skip("no links here:", err)
	}
	arrived, errs := split(collect(Arrivals(context.Background(), []string{filepath.Join(dir, "in")}, nil, Limits{})))
	var names []string
	for _, it := range arrived {
		names = append(names, it.Name+" "+string(it.Part))
	}
	if got := strings.Join(names, ", "); got != "Chat/result.json container, Chat/Z/page.html report, Chat/photos/stranger.txt report, Chat/result.json.bak/.nop report" {
		t.Errorf("arrived: %s; %v", got, errs)
	}
	r, err := arrived[0].Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	items, _ := split(collect(Parts(context.Background(), arrived[0], r, Limits{})))
	var photo *Item
	for i, it := range items {
		if strings.Contains(string(it.Data), "not in the folder") {
			t.Error("a file from outside the folder was taken")
		}
		if it.Part == evidence.PartAttachment {
			if photo != nil {
				t.Errorf("two attachments: %s", it.Name)
			}
			photo = &items[i]
		}
	}
	if photo == nil || photo.Name != "Chat/photos/a b.jpg" || photo.MediaType != "image/jpeg" || items[photo.Parent].Within != "message 3 of chat 1234567890" ||
		photo.Within != "photo of message 3 of chat 1234567890" || string(photo.Data) != "\xff\xd8\xff\xe0 a picture" {
		t.Errorf("%+v", photo)
	}
	if got := strings.Join(items[1].Problems, "; "); got != `thumbnail "photos/link.jpg" leads out of the folder or may not be read: not taken` {
		t.Error(got)
	}
}

func TestTelegramSniff(t *testing.T) {
	for text, want := range map[string]string{
		oneChat:                  "export",
		numbered(1):              "export",
		"\xef\xbb\xbf" + oneChat: "export",
		`{"name": null, "type": "personal_chat", "id": 1, "messages": []}`:       "export",
		`{"messages": [{"role": "user", "content": "of another program"}]}`:      "",
		`{"type": "chat", "messages": [{"author": "of another program"}]}`:       "",
		`{"name": "x", "type": "public_channel", "id": 1}`:                       "",
		`[{"id": 1, "type": "message", "date_unixtime": "1"}]`:                   "",
		`{"about": "us", "chats": 3}`:                                            "",
		strings.Replace(oneChat, "public_channel", "some_kind_of_the_future", 1): "export",
	} {
		if got := sniff("result.json", []byte(text)); (got == TypeTelegramExport) != (want == "export") {
			t.Errorf("%.60s: %s", text, got)
		}
	}
}

func FuzzTelegram(f *testing.F) {
	f.Add([]byte(oneChat))
	f.Add([]byte(numbered(7)))
	f.Add([]byte(numbered(7)[:700]))
	f.Add([]byte(`{"messages":[{"id":1,"type":"message","photo":"a"},{"id":2,"type":"service"},3,{"id":"\ud800"}]`))
	f.Add([]byte("\xef\xbb\xbf{\"chats\":{\"list\":[{\"messages\":[{}]}]}} x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		end, n := 0, 0
		for it, err := range Parts(context.Background(), Item{MediaType: TypeTelegramExport}, bytes.NewReader(text), Limits{Message: 5000}) {
			if n++; n > 2*len(text)+2 {
				t.Fatal("no end")
			}
			if err != nil {
				if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrLimit) && !errors.Is(err, ErrSkipped) {
					t.Errorf("without a sentinel: %v", err)
				}
				continue
			}
			i := bytes.Index(text[end:], it.Data)
			if i < 0 || len(it.Data) == 0 || it.Data[0] != '{' {
				t.Fatalf("not the file's own bytes, in order: %q", it.Data)
			}
			end += i + len(it.Data)
		}
		if json.Valid(text) && sniff("", text) == TypeTelegramExport {
			for _, err := range partsOf(string(text)) {
				if errors.Is(err, evidence.ErrFormat) && !strings.Contains(err.Error(), "no message") {
					t.Errorf("valid JSON is called broken: %v", err)
				}
			}
		}
	})
}

func BenchmarkTelegram(b *testing.B) {
	var posts []telegramtest.Post
	for i := range 20000 {
		posts = append(posts, telegramtest.Post{ID: int64(i), Channel: "Канал", ChannelID: 1, Date: time.Unix(1700000000, 0), Text: strings.Repeat("слово ", 30)})
	}
	var file bytes.Buffer
	if err := telegramtest.Write(&file, posts); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for _, err := range Parts(context.Background(), Item{MediaType: TypeTelegramExport}, bytes.NewReader(file.Bytes()), Limits{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
}
