// Command svidok-train trains the classifier on labelled reports and measures it.
package main

func main() {}
