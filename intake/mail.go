package intake

import (
	"fmt"
	"io"
	"strings"

	"svidok/evidence"
	"svidok/intake/unpacking"
)

// maxMessage bounds one message that is opened for its attachments.
const maxMessage = 256 << 20

// mailbox yields the messages of a mailbox, each with its attachments.
func (p *parts) mailbox(r io.Reader) {
	for l, err := range unpacking.Mailbox(r, p.unpacking()) {
		within := fmt.Sprintf("message %d, at byte %d", l.Index, l.At)
		if err != nil {
			if !p.fail(within, fmt.Errorf("%q: %s: %w", p.container.Name, within, err)) {
				return
			}
			continue
		}
		it := Item{Input: p.container.Input, Door: DoorMail, MediaType: TypeMessage, Part: evidence.PartReport, Opens: true, Within: within,
			Problems: l.Problems, Size: int64(len(l.Data)), Data: l.Data, Parent: -1}
		if !p.give(it) {
			return
		}
		if p.nested(it, nil); p.stop {
			return
		}
	}
}

// attachments yields what is attached to a message: documents are reports, messages are
// opened in their turn, all else lies beside.
func (p *parts) attachments(r io.Reader) {
	for a, err := range unpacking.Attachments(io.LimitReader(r, maxMessage), p.unpacking()) {
		if err != nil {
			if !p.fail("", fmt.Errorf("the message %s: %w", p.called(), err)) {
				return
			}
			continue
		}
		body := &lenient{r: a.Body, left: &p.left}
		data, open, size, err := p.lim.spool(body, 0, p.lim.File)
		if err == nil {
			err = body.fatal(p.ctx)
		}
		if err == nil && size == 0 {
			if err = body.err; err == nil {
				err = errEmpty()
			}
		}
		if err != nil {
			if !p.fail(a.Within, fmt.Errorf("%s of the message %s: %w", a.Within, p.called(), err)) {
				return
			}
			continue
		}
		it := Item{Input: p.container.Input, Door: DoorMail, Name: a.Name, Within: a.Within, Problems: a.Problems, Size: size, Data: data, Open: open, Parent: -1}
		it.Claims.Charset = a.Charset
		if body.err != nil {
			it.Problems = append(it.Problems, "not whole: "+words(body.err))
		}
		begin, err := p.head(&it)
		if err != nil {
			p.fail(a.Within, fmt.Errorf("%s of the message %s: %w", a.Within, p.called(), err))
			return
		}
		p.judgeMember(&it, begin, true)
		if it.Part == evidence.PartReport && !isDocument(it.MediaType) && !strings.HasPrefix(it.MediaType, "text/") {
			it.Part = evidence.PartAttachment
		}
		if !p.give(it) {
			return
		}
		if p.nested(it, nil); p.stop {
			return
		}
	}
}

// called names the message that is open.
func (p *parts) called() string {
	if p.container.Name != "" {
		return fmt.Sprintf("%q", p.container.Name)
	}
	return "(" + p.container.Within + ")"
}
