// Package classifier is a small linear classifier of sentences: features, model,
// training and prediction, each of which a person can inspect.
//
// A [Reader] turns the sentences of a text into features: words, their lemmas and
// beginnings, words next to and near each other, concepts (classes of words that mean
// alike in three languages: concepts.txt) and which stand together, what the caller found
// (patterns, cues), and the concepts of the title and of the two sentences before. Every
// feature has a key, the hash of its name, and the words of the sentence that show it.
//
// A [Model] holds for each label a weight per feature. The score of a label is a bias
// and the sum of the weights, divided by the length of the sentence's vector; a logistic
// curve, fitted on examples that the model had not seen, makes it a probability. All of
// it is in integers: the same sentence has the same score on every machine.
//
// [Train] learns from examples of any source: labelled reports today, the decisions of
// reviewers tomorrow. The same examples in the same order give the same model.
package classifier
