// A file of its own, since local/ uses it too and must not import constructs.

/** A reference of a model to another model, of any API; the first group is the name of the other model. */
export const MODEL_REFERENCE = /^https:\/\/apigateway\.[^/]+\/(?:restapis|apis)\/[^/]+\/models\/([^/#]+)/;
