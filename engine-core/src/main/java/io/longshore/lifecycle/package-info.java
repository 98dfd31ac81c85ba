/**
 * The lives of model versions: loading, serving, draining, failing, and who may use them meanwhile.
 */
@NullMarked
package io.longshore.lifecycle;

import org.jspecify.annotations.NullMarked;
