/**
 * The ports of the engine: requests and responses free of any protocol, who serves them, and the words for time, failure
 * and readiness. Wires, jobs and code inside models see this package and no more of the engine.
 */
@NullMarked
package io.longshore.inference;

import org.jspecify.annotations.NullMarked;
