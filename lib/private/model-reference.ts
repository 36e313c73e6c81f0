// A file of its own, since local/ reads it too and knows no construct.

/** A reference of one model to another, of any API; the first group is the name of the model. */
export const MODEL_REFERENCE = /^https:\/\/apigateway\.[^/]+\/(?:restapis|apis)\/[^/]+\/models\/([^/#]+)/;
