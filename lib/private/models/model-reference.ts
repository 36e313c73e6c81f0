/** How one model refers to another, of whatever API, by the name in the first group. */
export const MODEL_REFERENCE = /^https:\/\/apigateway\.[^/]+\/(?:restapis|apis)\/[^/]+\/models\/([^/#]+)/;
