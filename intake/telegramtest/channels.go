package telegramtest

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
)

// FromChannels reads a collection of channel posts: a tar.gz with one raw/*.json per
// channel, each an array of {message_id, sender_id, text, date, channel, category}. The posts
// come channel by channel, oldest first.
func FromChannels(r io.Reader) ([]Post, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("open the collection: %w", err)
	}
	var posts []Post
	files := tar.NewReader(z)
	for {
		h, err := files.Next()
		if err == io.EOF {
			return posts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the collection: %w", err)
		}
		if h.Typeflag != tar.TypeReg || path.Ext(h.Name) != ".json" {
			continue
		}
		some, err := channel(files)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", h.Name, err)
		}
		posts = append(posts, some...)
	}
}

func channel(r io.Reader) ([]Post, error) {
	var raw []struct {
		ID      int64     `json:"message_id"`
		Sender  int64     `json:"sender_id"`
		Text    string    `json:"text"`
		Date    time.Time `json:"date"`
		Channel string    `json:"channel"`
	}
	if err := json.NewDecoder(r).Decode(&raw); err != nil {
		return nil, err
	}
	posts := make([]Post, 0, len(raw))
	for _, m := range raw {
		id := m.Sender // -100 and the channel's own number
		if id < 0 {
			id = -id - 1_000_000_000_000
		}
		posts = append(posts, Post{ID: m.ID, Channel: strings.TrimSpace(m.Channel), ChannelID: id, Date: m.Date, Text: m.Text})
	}
	slices.SortStableFunc(posts, func(a, b Post) int { return int(a.ID - b.ID) })
	if len(posts) > 0 { // what was sent under another name stands in the channel all the same
		for i := range posts {
			posts[i].ChannelID = posts[0].ChannelID
		}
	}
	return posts, nil
}
