//go:build bench && !linux

package main

import "os"

// peakRSS is 0: only Linux is asked.
func peakRSS(*os.ProcessState) int64 { return 0 }
