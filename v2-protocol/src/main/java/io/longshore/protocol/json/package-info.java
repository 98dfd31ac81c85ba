/**
 * Numbers and strings between JSON text and tensor memory, without an object for each element. Jackson reads the structure
 * around them.
 */
@NullMarked
package io.longshore.protocol.json;

import org.jspecify.annotations.NullMarked;
