//go:build !unix

package ocr

import "os/exec"

// apart: there are no process groups.
func apart(*exec.Cmd) {}

// killed kills the process of a command.
func killed(cmd *exec.Cmd) error { return cmd.Process.Kill() }
