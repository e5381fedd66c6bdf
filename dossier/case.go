package dossier

import (
	"context"
	"io/fs"
)

func verifyCase(ctx context.Context, fsys fs.FS, opt Options, r *result) {}
