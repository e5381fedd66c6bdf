// Package classifier is a small linear classifier of sentences: features, model,
// training and prediction, each of which a person can inspect.
package classifier
