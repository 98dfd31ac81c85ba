package io.longshore.ejb.config;

import io.longshore.inference.GrpcTransport;
import io.longshore.protocol.tls.Certificates;
import io.longshore.protocol.tls.TlsFileException;
import io.longshore.protocol.tls.TlsIdentity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The settings of TLS together, and whether their files can be used.
 *
 * @param tls whether TLS is wanted
 * @param mutual whether TLS with certificates of clients is wanted, which includes {@code tls}
 */
record TlsSettings(
        boolean tls, boolean mutual, Optional<Path> certificate, Optional<Path> key, Optional<Path> clientRoots) {

    /** The files; none where TLS is not wanted. */
    Optional<GrpcTransport.Tls> files() {
        return wanted()
                ? Optional.of(new GrpcTransport.Tls(
                        certificate.orElseThrow(), key.orElseThrow(), mutual ? clientRoots : Optional.empty()))
                : Optional.empty();
    }

    private boolean wanted() {
        return tls || mutual;
    }

    /** What is wrong, for people; files are looked at only where TLS is wanted. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!wanted()) {
            return problems;
        }
        String wish = (mutual ? Settings.GRPC_USE_SSL_MUTUAL : Settings.GRPC_USE_SSL).key();
        need(certificate, Settings.GRPC_SERVER_CERT, "the PEM file of the server's certificate", wish, problems);
        need(key, Settings.GRPC_SERVER_KEY, "the PEM file of the certificate's private key", wish, problems);
        if (mutual) {
            need(
                    clientRoots,
                    Settings.GRPC_ROOT_CERT,
                    "the PEM file of the certificates that sign clients",
                    wish,
                    problems);
        }
        if (problems.isEmpty()) {
            readIdentity(problems);
            readRoots(problems);
        }
        return problems;
    }

    private static void need(Optional<Path> file, Setting<?> setting, String what, String wish, List<String> problems) {
        if (file.isEmpty()) {
            problems.add(setting.key() + ": is not set; expected " + what + ", because " + wish + " is true");
        }
    }

    private void readIdentity(List<String> problems) {
        try {
            TlsIdentity.read(certificate.orElseThrow(), key.orElseThrow());
        } catch (TlsFileException e) {
            problems.add(
                    Settings.GRPC_SERVER_CERT.key() + ", " + Settings.GRPC_SERVER_KEY.key() + ": " + e.getMessage());
        }
    }

    private void readRoots(List<String> problems) {
        try {
            if (mutual) {
                Certificates.read(clientRoots.orElseThrow());
            }
        } catch (TlsFileException e) {
            problems.add(Settings.GRPC_ROOT_CERT.key() + ": " + e.getMessage());
        }
    }
}
