/** Model configurations as files: {@code config.pbtxt} in protobuf's text format. */
@NullMarked
package io.longshore.protocol.config;

import org.jspecify.annotations.NullMarked;
