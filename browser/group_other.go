//go:build !unix

package browser

import "os/exec"

// alone: there are no process groups; the children of a browser end when it does.
func alone(*exec.Cmd) {}

// killed kills the process.
func killed(cmd *exec.Cmd) error {
	if cmd.Process == nil {
		return nil
	}
	return cmd.Process.Kill()
}

// running: nothing is known of other processes, so each may run.
func running(int) bool { return true }
