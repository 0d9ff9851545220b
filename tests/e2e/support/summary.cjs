"use strict";
/** Last line of `npm run test:e2e`, for whoever reads the log by machine: `N passed, N failed`. */
module.exports = class Summary {
    onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
        // A file that could not be loaded has no tests to count; it is a failure all the same.
        console.log(`${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`);
    }
};
