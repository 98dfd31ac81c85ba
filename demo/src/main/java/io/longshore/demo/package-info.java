/**
 * The code of the demo's model {@code question_similarity}: it tokenizes two sides of texts, asks the model {@code minilm} for
 * their vectors, and compares them.
 */
@NullMarked
package io.longshore.demo;

import org.jspecify.annotations.NullMarked;
