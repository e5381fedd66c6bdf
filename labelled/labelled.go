// Package labelled reads reports that people have labelled sentence by sentence: the
// texts that the classifier learns from and that the readers are measured on.
package labelled
