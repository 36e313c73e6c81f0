import { bundleLambdas } from '../../projenrc/lambda-bundles';

/** Before all tests: jest runs lib/ from its sources, and the Lambda functions in it are read as files. */
export default bundleLambdas;
