package coding

// EmbeddedModels are the models that the program carries.
func EmbeddedModels() []byte { return modelFile }
