/**
 * Writes small ONNX model files: those of the demo and of the tests. A tool for build time; the server does not use it.
 */
@NullMarked
package io.longshore.onnx;

import org.jspecify.annotations.NullMarked;
