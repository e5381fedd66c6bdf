//go:build unix

package browser

import (
	"os/exec"
	"syscall"
)

// killed kills the process group of a command.
func killed(cmd *exec.Cmd) error {
	if cmd.Process == nil {
		return nil
	}
	return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
