/**
 * ONNX Runtime behind the backend SPI, through its public Java binding alone.
 *
 * <p>One session holds the weights of a model version and is shared by all its instances. Inputs are read in place from
 * direct memory; outputs are written in place where their shapes are known before the run, else copied once.
 */
@NullMarked
package io.longshore.backend.onnxruntime;

import org.jspecify.annotations.NullMarked;
