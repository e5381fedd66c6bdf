package main

import (
	"context"
	"sync"

	"svidok/ocr"
	"svidok/reading"
)

// recogniser finds the program that recognises text when a first picture asks for it. Without
// one, pictures stay unread, and their readings say so.
func recogniser() func(ctx context.Context, raw []byte, r reading.Result) ([]reading.OCRPage, error) {
	var once sync.Once
	var program ocr.Program
	var missing error
	return func(ctx context.Context, raw []byte, r reading.Result) ([]reading.OCRPage, error) {
		once.Do(func() { program, missing = ocr.Find(context.WithoutCancel(ctx)) })
		if missing != nil {
			return nil, missing
		}
		if reading.IsPicture(r) {
			p, err := program.Picture(ctx, raw, r.MediaType)
			if err != nil {
				return nil, err
			}
			return []reading.OCRPage{{Text: p.Text, Confidence: p.Confidence, Engine: p.Engine}}, nil
		}
		pages, err := program.PDF(ctx, raw, reading.PicturedPages(r))
		var out []reading.OCRPage
		for _, p := range pages {
			out = append(out, reading.OCRPage{Page: p.Number, Text: p.Text, Confidence: p.Confidence, Engine: p.Engine})
		}
		return out, err
	}
}
