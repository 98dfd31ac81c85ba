/**
 * What is on disk: the model repository's layout, its changes, and nothing about what to load.
 */
@NullMarked
package io.longshore.repository;

import org.jspecify.annotations.NullMarked;
