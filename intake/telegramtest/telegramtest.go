// Package telegramtest writes posts as an export of Telegram Desktop, for tests and
// measurements: the same members in the same order and layout as "Export chat history"
// with format JSON.
package telegramtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Post is one message of a channel.
type Post struct {
	ID        int64
	Channel   string
	ChannelID int64
	Date      time.Time // when it was posted
	Edited    time.Time // zero: never
	Forwarded string    // the channel it was forwarded from, or ""
	ReplyTo   int64     // 0: to none
	Photo     string    // path beside the export, or ""
	Text      string
}

// Write writes the posts as the export of an account, one chat per ChannelID in the order of
// their first posts; those of one ChannelID must stand together.
func Write(w io.Writer, posts []Post) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "{\n \"about\": \"Here is the data you requested.\",\n \"chats\": {\n  \"about\": \"This page lists all chats from this export.\",\n  \"list\": [")
	for i := 0; i < len(posts); {
		n := i
		for n < len(posts) && posts[n].ChannelID == posts[i].ChannelID {
			n++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(b, "\n   ")
		if err := chat(b, posts[i:n]); err != nil {
			return err
		}
		i = n
	}
	fmt.Fprint(b, "\n  ]\n }\n}\n")
	return b.Flush()
}

// WriteChannel writes the posts as the export of one channel, named as the first of them.
func WriteChannel(w io.Writer, posts []Post) error {
	b := bufio.NewWriter(w)
	if err := chat(b, posts); err != nil {
		return err
	}
	return b.Flush()
}

func chat(b *bufio.Writer, posts []Post) error {
	var first Post
	if len(posts) > 0 {
		first = posts[0]
	}
	fmt.Fprintf(b, "{\n \"name\": %s,\n \"type\": \"public_channel\",\n \"id\": %d,\n \"messages\": [", quote(first.Channel), first.ChannelID)
	for i, p := range posts {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(b, "\n  ")
		m, err := json.MarshalIndent(p.message(), "  ", " ")
		if err != nil {
			return fmt.Errorf("post %d: %w", p.ID, err)
		}
		b.Write(m)
	}
	_, err := fmt.Fprint(b, "\n ]\n}\n")
	return err
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string never fails
	return string(b)
}

type entity struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

type message struct {
	ID         int64    `json:"id"`
	Type       string   `json:"type"`
	Date       string   `json:"date"`
	Unix       string   `json:"date_unixtime"`
	Edited     string   `json:"edited,omitempty"`
	EditedUnix string   `json:"edited_unixtime,omitempty"`
	From       string   `json:"from"`
	FromID     string   `json:"from_id"`
	Forwarded  string   `json:"forwarded_from,omitempty"`
	ReplyTo    int64    `json:"reply_to_message_id,omitempty"`
	Photo      string   `json:"photo,omitempty"`
	Width      int      `json:"width,omitempty"`
	Height     int      `json:"height,omitempty"`
	Text       string   `json:"text"`
	Entities   []entity `json:"text_entities"`
}

func (p Post) message() message {
	const local = "2006-01-02T15:04:05"
	m := message{ID: p.ID, Type: "message", Date: p.Date.UTC().Format(local), Unix: fmt.Sprint(p.Date.Unix()), From: p.Channel,
		FromID: fmt.Sprintf("channel%d", p.ChannelID), Forwarded: p.Forwarded, ReplyTo: p.ReplyTo, Photo: p.Photo, Text: p.Text,
		Entities: []entity{}}
	if !p.Edited.IsZero() {
		m.Edited, m.EditedUnix = p.Edited.UTC().Format(local), fmt.Sprint(p.Edited.Unix())
	}
	if p.Photo != "" {
		m.Width, m.Height = 800, 600
	}
	if p.Text != "" {
		m.Entities = append(m.Entities, entity{"plain", p.Text})
	}
	return m
}
