/** Certificates and private keys as PEM files, read with what the JDK has. */
@NullMarked
package io.longshore.protocol.tls;

import org.jspecify.annotations.NullMarked;
